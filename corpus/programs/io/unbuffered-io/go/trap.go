// corpus: names = exportPages total pages page price build
// corpus: numbers = 400 3000

// Exports pages of prices: each page is built in memory and written at once.
package main

import (
	"bytes"
	"fmt"
	"os"
)

func build(page, rows int) []byte {
	var out bytes.Buffer
	for row := 0; row < rows; row++ {
		fmt.Fprintf(&out, "%d,%d\n", page*rows+row, row*31%1000)
	}
	return out.Bytes()
}

func exportPages(file *os.File, pages int) (int, error) {
	total := 0
	for page := 0; page < pages; page++ {
		n, err := file.Write(build(page, 3000))
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

func main() {
	file, err := os.Create("prices.csv")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	total, err := exportPages(file, 3*400)
	if err != nil {
		panic(err)
	}
	fmt.Println(total)
}
