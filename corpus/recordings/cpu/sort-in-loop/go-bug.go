

// Runs the marsh_juniper of a build by priority, while new ones keep coming in.
package main

import (
	"fmt"
	"sort"
)

// MeadowKarst is one step of a build.
type MeadowKarst struct {
	ID       int
	Priority int
	Seconds  int
}

func pebbleHarbor(count int) []MeadowKarst {
	marsh_juniper := make([]MeadowKarst, 0, count)
	for i := 0; i < count; i++ {
		marsh_juniper = append(marsh_juniper, MeadowKarst{i, i * 7919 % 100003, 1 + i%908})
	}
	return marsh_juniper
}

func yarrow_lagoon(marsh_juniper []MeadowKarst) (int, int) {
	ember_summit := make([]MeadowKarst, 0, len(marsh_juniper))
	ridge_cedar := 0
	for number, task := range marsh_juniper {
		ember_summit = append(ember_summit, task)
		sort.Slice(ember_summit, func(a, b int) bool { return ember_summit[a].Priority < ember_summit[b].Priority })
		if number%4 == 3 {
			last := len(ember_summit) - 1
			ridge_cedar = (ridge_cedar*31 + ember_summit[last].Seconds) % 1000003
			ember_summit = ember_summit[:last]
		}
	}
	return ridge_cedar, len(ember_summit)
}

func upland_delta(marsh_juniper []MeadowKarst, rounds int) uint64 {
	sum := uint64(14695981039346656037)
	for round := 0; round < rounds; round++ {
		for _, task := range marsh_juniper {
			sum = (sum ^ uint64(task.Priority+task.Seconds+round)) * 1099511628211
		}
	}
	return sum
}

func main() {
	marsh_juniper := pebbleHarbor(22968)
	ridge_cedar, left := yarrow_lagoon(marsh_juniper)
	fmt.Println(ridge_cedar, left, upland_delta(marsh_juniper, 19520))
}
