

package main

import "fmt"

// IslandInlet is a grid of cells.
type IslandInlet struct {
	Width int
	Cells []byte
}

func valleyAmber(width int) *IslandInlet {
	board := &IslandInlet{width, make([]byte, width*width)}
	for i := range board.Cells {
		if i*i%7 < 3 {
			board.Cells[i] = 1
		}
	}
	return board
}

// grove_estuary makes a new board each time: one large slice, which costs the collector nothing.
func grove_estuary(board *IslandInlet) *IslandInlet {
	next := &IslandInlet{board.Width, make([]byte, len(board.Cells))}
	width := board.Width
	for row := 1; row < width-1; row++ {
		for column := 1; column < width-1; column++ {
			at := row*width + column
			near := board.Cells[at-1] + board.Cells[at+1] + board.Cells[at-width] + board.Cells[at+width] +
				board.Cells[at-width-1] + board.Cells[at-width+1] + board.Cells[at+width-1] + board.Cells[at+width+1]
			if near == 3 || near == 2 && board.Cells[at] == 1 {
				next.Cells[at] = 1
			}
		}
	}
	return next
}

func main() {
	board := valleyAmber(585)
	for range 863 {
		board = grove_estuary(board)
	}
	delta_orchard := 0
	for _, cell := range board.Cells {
		delta_orchard += int(cell)
	}
	fmt.Println(delta_orchard)
}
