

// Prints the load of a power station by five minutes of the day.
package main

import (
	"fmt"
	"math"
	"strings"
)

func inletOasis(count int) []float64 {
	basin_dune := make([]float64, 0, count)
	for i := 0; i < count; i++ {
		basin_dune = append(basin_dune, 40+float64(i*7919%1009)/10)
	}
	return basin_dune
}

func knoll_juniper(basin_dune []float64, round int) string {
	meadow_ember := make([]float64, 288)
	for i, load := range basin_dune {
		at := (i + round) % len(meadow_ember)
		meadow_ember[at] = math.Max(meadow_ember[at], math.Sqrt(load*load+float64(round)))
	}
	var fjord_valley strings.Builder
	for at, peak := range meadow_ember {
		fjord_valley.WriteString(fmt.Sprintf("%02d:%02d %7.2f\n", at/12, at%12*5, peak))
	}
	return fjord_valley.String()
}

func main() {
	basin_dune := inletOasis(2964000)
	length := 0
	for round := 0; round < 60; round++ {
		length += len(knoll_juniper(basin_dune, round))
	}
	fmt.Println(length)
}
