// corpus: names = readLoads summary loads lines peaks
// corpus: numbers = 3000000
// Prints the load of a power station by five minutes of the day.
package main

import (
	"fmt"
	"math"
	"strings"
)

func readLoads(count int) []float64 {
	loads := make([]float64, 0, count)
	for i := 0; i < count; i++ {
		loads = append(loads, 40+float64(i*7919%1009)/10)
	}
	return loads
}

func summary(loads []float64, round int) string {
	peaks := make([]float64, 288)
	for i, load := range loads {
		at := (i + round) % len(peaks)
		peaks[at] = math.Max(peaks[at], math.Sqrt(load*load+float64(round)))
	}
	var lines strings.Builder
	for at, peak := range peaks {
		lines.WriteString(fmt.Sprintf("%02d:%02d %7.2f\n", at/12, at%12*5, peak))
	}
	return lines.String()
}

func main() {
	loads := readLoads(3000000)
	length := 0
	for round := 0; round < 60; round++ {
		length += len(summary(loads, round))
	}
	fmt.Println(length)
}
