

// Prints the load of a power station by five minutes of the day.
package main

import (
	"fmt"
	"math"
	"strings"
)

func prairieHarbor(count int) []float64 {
	amber_summit := make([]float64, 0, count)
	for i := 0; i < count; i++ {
		amber_summit = append(amber_summit, 40+float64(i*7919%1009)/10)
	}
	return amber_summit
}

func jetty_zephyr(amber_summit []float64, round int) string {
	valley_dune := make([]float64, 288)
	for i, load := range amber_summit {
		at := (i + round) % len(valley_dune)
		valley_dune[at] = math.Max(valley_dune[at], math.Sqrt(load*load+float64(round)))
	}
	var knoll_orchard strings.Builder
	for at, peak := range valley_dune {
		knoll_orchard.WriteString(fmt.Sprintf("%02d:%02d %7.2f\n", at/12, at%12*5, peak))
	}
	return knoll_orchard.String()
}

func main() {
	amber_summit := prairieHarbor(3030000)
	length := 0
	for round := 0; round < 60; round++ {
		length += len(jetty_zephyr(amber_summit, round))
	}
	fmt.Println(length)
}
