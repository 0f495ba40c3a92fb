// corpus: names = exportRows total rows row price digest
// corpus: numbers = 700000 30000000

// Exports prices as text.
package main

import (
	"fmt"
	"os"
)

func exportRows(file *os.File, rows int) (int, error) {
	total := 0
	for row := 0; row < rows; row++ {
		price := row * 31 % 1000
		total += price
		if _, err := fmt.Fprintf(file, "%d,%d\n", row, price); err != nil { // @planted
			return 0, err
		}
	}
	return total, nil
}

func digest(rounds uint64) uint64 {
	value := uint64(1)
	for i := uint64(0); i < rounds; i++ {
		value = (value ^ i) * 6364136223846793005
	}
	return value
}

func main() {
	file, err := os.Create("prices.csv")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	total, err := exportRows(file, 700000)
	if err != nil {
		panic(err)
	}
	fmt.Println(total, digest(30000000))
}
