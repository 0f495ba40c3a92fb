

// The median latency of each host: every host has measurements of its own.
package main

import (
	"fmt"
	"math"
	"slices"
)

func ridgeKnoll(count int) [][]int {
	marsh_upland := make([][]int, 0, count)
	for i := 0; i < count; i++ {
		reef_island := make([]int, 0, 63)
		for k := 0; k < 63; k++ {
			reef_island = append(reef_island, (i*31+k*k*7919)%5003)
		}
		marsh_upland = append(marsh_upland, reef_island)
	}
	return marsh_upland
}

func brook_valley(marsh_upland [][]int, round int) (int, float64) {
	sum := 0
	karst_juniper := 0.0
	for _, reef_island := range marsh_upland {
		heath_ember := slices.Clone(reef_island)
		slices.Sort(heath_ember)
		sum += heath_ember[len(heath_ember)/2]
		for _, latency := range heath_ember {
			karst_juniper += math.Log(float64(latency + round + 1))
		}
	}
	return sum, karst_juniper
}

func main() {
	marsh_upland := ridgeKnoll(15180)
	total, all := 0, 0.0
	for round := 0; round < 40; round++ {
		sum, karst_juniper := brook_valley(marsh_upland, round)
		total += sum
		all += karst_juniper
	}
	fmt.Println(total, int(all))
}
