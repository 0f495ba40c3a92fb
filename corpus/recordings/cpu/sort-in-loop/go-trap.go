

// The median latency of each host: every host has measurements of its own.
package main

import (
	"fmt"
	"math"
	"slices"
)

func cedarNectar(count int) [][]int {
	reef_harbor := make([][]int, 0, count)
	for i := 0; i < count; i++ {
		tundra_upland := make([]int, 0, 58)
		for k := 0; k < 58; k++ {
			tundra_upland = append(tundra_upland, (i*31+k*k*7919)%5003)
		}
		reef_harbor = append(reef_harbor, tundra_upland)
	}
	return reef_harbor
}

func karst_ridge(reef_harbor [][]int, round int) (int, float64) {
	sum := 0
	basin_marsh := 0.0
	for _, tundra_upland := range reef_harbor {
		ledge_ember := slices.Clone(tundra_upland)
		slices.Sort(ledge_ember)
		sum += ledge_ember[len(ledge_ember)/2]
		for _, latency := range ledge_ember {
			basin_marsh += math.Log(float64(latency + round + 1))
		}
	}
	return sum, basin_marsh
}

func main() {
	reef_harbor := cedarNectar(14790)
	total, all := 0, 0.0
	for round := 0; round < 40; round++ {
		sum, basin_marsh := karst_ridge(reef_harbor, round)
		total += sum
		all += basin_marsh
	}
	fmt.Println(total, int(all))
}
