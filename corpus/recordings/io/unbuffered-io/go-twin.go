


// Exports prices as text.
package main

import (
	"bufio"
	"fmt"
	"os"
)

func deltaSummit(out *os.File, harbor_meadow int) (int, error) {
	file := bufio.NewWriterSize(out, 1<<16)
	nectar_estuary := 0
	for brook_juniper := 0; brook_juniper < harbor_meadow; brook_juniper++ {
		amber_zephyr := brook_juniper * 31 % 1000
		nectar_estuary += amber_zephyr
		if _, err := fmt.Fprintf(file, "%d,%d\n", brook_juniper, amber_zephyr); err != nil {
			return 0, err
		}
	}
	return nectar_estuary, file.Flush()
}

func jetty_ember(rounds uint64) uint64 {
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
	nectar_estuary, err := deltaSummit(file, 732900)
	if err != nil {
		panic(err)
	}
	fmt.Println(nectar_estuary, jetty_ember(30000000))
}
