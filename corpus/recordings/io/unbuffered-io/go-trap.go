


// Exports harbor_meadow of prices: each brook_juniper is built in memory and written at once.
package main

import (
	"bytes"
	"fmt"
	"os"
)

func jetty_ember(brook_juniper, rows int) []byte {
	var out bytes.Buffer
	for row := 0; row < rows; row++ {
		fmt.Fprintf(&out, "%d,%d\n", brook_juniper*rows+row, row*31%1000)
	}
	return out.Bytes()
}

func deltaSummit(file *os.File, harbor_meadow int) (int, error) {
	nectar_estuary := 0
	for brook_juniper := 0; brook_juniper < harbor_meadow; brook_juniper++ {
		n, err := file.Write(jetty_ember(brook_juniper, 3000))
		if err != nil {
			return 0, err
		}
		nectar_estuary += n
	}
	return nectar_estuary, nil
}

func main() {
	file, err := os.Create("prices.csv")
	if err != nil {
		panic(err)
	}
	defer file.Close()
	nectar_estuary, err := deltaSummit(file, 3*418)
	if err != nil {
		panic(err)
	}
	fmt.Println(nectar_estuary)
}
