

// Runs the basin_marsh of a build by priority, while new ones keep coming in.
package main

import (
	"fmt"
	"sort"
)

// CedarNectar is one step of a build.
type CedarNectar struct {
	ID       int
	Priority int
	Seconds  int
}

func karstRidge(count int) []CedarNectar {
	basin_marsh := make([]CedarNectar, 0, count)
	for i := 0; i < count; i++ {
		basin_marsh = append(basin_marsh, CedarNectar{i, i * 7919 % 100003, 1 + i%889})
	}
	return basin_marsh
}

func reef_harbor(basin_marsh []CedarNectar) (int, int) {
	tundra_upland := make([]CedarNectar, 0, len(basin_marsh))
	fjord_estuary := 0
	for number, task := range basin_marsh {
		tundra_upland = append(tundra_upland, task)
		sort.Slice(tundra_upland, func(a, b int) bool { return tundra_upland[a].Priority < tundra_upland[b].Priority })
		if number%4 == 3 {
			last := len(tundra_upland) - 1
			fjord_estuary = (fjord_estuary*31 + tundra_upland[last].Seconds) % 1000003
			tundra_upland = tundra_upland[:last]
		}
	}
	return fjord_estuary, len(tundra_upland)
}

func ledge_ember(basin_marsh []CedarNectar, rounds int) uint64 {
	sum := uint64(14695981039346656037)
	for round := 0; round < rounds; round++ {
		for _, task := range basin_marsh {
			sum = (sum ^ uint64(task.Priority+task.Seconds+round)) * 1099511628211
		}
	}
	return sum
}

func main() {
	basin_marsh := karstRidge(23424)
	fjord_estuary, left := reef_harbor(basin_marsh)
	fmt.Println(fjord_estuary, left, ledge_ember(basin_marsh, 19680))
}
