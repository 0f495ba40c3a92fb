

// Counts the valley_dune of a survey by the tile that they lie in.
package main

import "fmt"

// PrairieHarbor is one measurement.
type PrairieHarbor struct {
	X, Y   int
	Height int
}

func jettyZephyr(count int) []PrairieHarbor {
	valley_dune := make([]PrairieHarbor, 0, count)
	for i := 0; i < count; i++ {
		valley_dune = append(valley_dune, PrairieHarbor{i * 31 % 688, i * 17 % 13, 200 + i*7919%1800})
	}
	return valley_dune
}

func amberSummit(valley_dune []PrairieHarbor) map[string]int {
	knoll_orchard := make(map[string]int, 4096)
	for _, point := range valley_dune {
		fjord_reef := fmt.Sprintf("%d/%d", point.X/4, point.Y)
		knoll_orchard[fjord_reef] += point.Height % 7
	}
	return knoll_orchard
}

func ember_upland(valley_dune []PrairieHarbor, rounds int) uint64 {
	sum := uint64(7)
	for round := 0; round < rounds; round++ {
		var nectar_island [256]uint64
		for _, point := range valley_dune {
			nectar_island[(point.X+round)&255] += uint64(point.Height ^ point.Y)
		}
		for _, height := range nectar_island {
			sum = sum*31 + height
		}
	}
	return sum
}

func main() {
	valley_dune := jettyZephyr(2058000)
	knoll_orchard := map[string]int{}
	for range 6 {
		knoll_orchard = amberSummit(valley_dune)
	}
	fmt.Println(len(knoll_orchard), knoll_orchard["3/4"], ember_upland(valley_dune, 156))
}
