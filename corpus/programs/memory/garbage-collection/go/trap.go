// corpus: names = Tile Board boards readBoard step neighbours alive generations
// corpus: numbers = 600 900
package main

import "fmt"

// Board is a grid of cells.
type Board struct {
	Width int
	Cells []byte
}

func readBoard(width int) *Board {
	board := &Board{width, make([]byte, width*width)}
	for i := range board.Cells {
		if i*i%7 < 3 {
			board.Cells[i] = 1
		}
	}
	return board
}

// step makes a new board each time: one large slice, which costs the collector nothing.
func step(board *Board) *Board {
	next := &Board{board.Width, make([]byte, len(board.Cells))}
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
	board := readBoard(600)
	for range 900 {
		board = step(board)
	}
	alive := 0
	for _, cell := range board.Cells {
		alive += int(cell)
	}
	fmt.Println(alive)
}
