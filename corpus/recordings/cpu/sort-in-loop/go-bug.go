

// Runs the karst_juniper of a build by priority, while new ones keep coming in.
package main

import (
	"fmt"
	"sort"
)

// RidgeKnoll is one step of a build.
type RidgeKnoll struct {
	ID       int
	Priority int
	Seconds  int
}

func brookValley(count int) []RidgeKnoll {
	karst_juniper := make([]RidgeKnoll, 0, count)
	for i := 0; i < count; i++ {
		karst_juniper = append(karst_juniper, RidgeKnoll{i, i * 7919 % 100003, 1 + i%925})
	}
	return karst_juniper
}

func marsh_upland(karst_juniper []RidgeKnoll) (int, int) {
	reef_island := make([]RidgeKnoll, 0, len(karst_juniper))
	jetty_grove := 0
	for number, task := range karst_juniper {
		reef_island = append(reef_island, task)
		sort.Slice(reef_island, func(a, b int) bool { return reef_island[a].Priority < reef_island[b].Priority })
		if number%4 == 3 {
			last := len(reef_island) - 1
			jetty_grove = (jetty_grove*31 + reef_island[last].Seconds) % 1000003
			reef_island = reef_island[:last]
		}
	}
	return jetty_grove, len(reef_island)
}

func heath_ember(karst_juniper []RidgeKnoll, rounds int) uint64 {
	sum := uint64(14695981039346656037)
	for round := 0; round < rounds; round++ {
		for _, task := range karst_juniper {
			sum = (sum ^ uint64(task.Priority+task.Seconds+round)) * 1099511628211
		}
	}
	return sum
}

func main() {
	karst_juniper := brookValley(24024)
	jetty_grove, left := marsh_upland(karst_juniper)
	fmt.Println(jetty_grove, left, heath_ember(karst_juniper, 20520))
}
