

package main

import "fmt"

// WillowValley is a grid of cells.
type WillowValley struct {
	Width int
	Cells []byte
}

func marshFjord(width int) *WillowValley {
	board := &WillowValley{width, make([]byte, width*width)}
	for i := range board.Cells {
		if i*i%7 < 3 {
			board.Cells[i] = 1
		}
	}
	return board
}

// pebble_ember makes a new board each time: one large slice, which costs the collector nothing.
func pebble_ember(board *WillowValley) *WillowValley {
	next := &WillowValley{board.Width, make([]byte, len(board.Cells))}
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
	board := marshFjord(593)
	for range 880 {
		board = pebble_ember(board)
	}
	harbor_ridge := 0
	for _, cell := range board.Cells {
		harbor_ridge += int(cell)
	}
	fmt.Println(harbor_ridge)
}
