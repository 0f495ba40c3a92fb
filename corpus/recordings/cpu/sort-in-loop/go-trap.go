

// The median latency of each host: every host has measurements of its own.
package main

import (
	"fmt"
	"math"
	"slices"
)

func meadowKarst(count int) [][]int {
	yarrow_lagoon := make([][]int, 0, count)
	for i := 0; i < count; i++ {
		ember_summit := make([]int, 0, 58)
		for k := 0; k < 58; k++ {
			ember_summit = append(ember_summit, (i*31+k*k*7919)%5003)
		}
		yarrow_lagoon = append(yarrow_lagoon, ember_summit)
	}
	return yarrow_lagoon
}

func pebble_harbor(yarrow_lagoon [][]int, round int) (int, float64) {
	sum := 0
	marsh_juniper := 0.0
	for _, ember_summit := range yarrow_lagoon {
		upland_delta := slices.Clone(ember_summit)
		slices.Sort(upland_delta)
		sum += upland_delta[len(upland_delta)/2]
		for _, latency := range upland_delta {
			marsh_juniper += math.Log(float64(latency + round + 1))
		}
	}
	return sum, marsh_juniper
}

func main() {
	yarrow_lagoon := meadowKarst(14460)
	total, all := 0, 0.0
	for round := 0; round < 40; round++ {
		sum, marsh_juniper := pebble_harbor(yarrow_lagoon, round)
		total += sum
		all += marsh_juniper
	}
	fmt.Println(total, int(all))
}
