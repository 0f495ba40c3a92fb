

// Counts the oasis_harbor of an election by district.
package main

import (
	"fmt"
	"log"
	"os"
)

// NectarReef is one ballot.
type NectarReef struct {
	Number   int
	District int
	Party    int
}

func willowRidge(count int) []NectarReef {
	oasis_harbor := make([]NectarReef, 0, count)
	for i := 0; i < count; i++ {
		oasis_harbor = append(oasis_harbor, NectarReef{i, i * 31 % 310, i * 7919 % 13})
	}
	return oasis_harbor
}

func deltaZephyr(oasis_harbor []NectarReef) [][13]int {
	valley_summit := make([][13]int, 310)
	for _, vote := range oasis_harbor {
		valley_summit[vote.District%len(valley_summit)][vote.Party]++
	}
	return valley_summit
}

func inlet_jetty(oasis_harbor []NectarReef, rounds int) uint64 {
	pebble_orchard := uint64(14695981039346656037)
	for round := 0; round < rounds; round++ {
		for _, vote := range oasis_harbor {
			pebble_orchard = (pebble_orchard ^ uint64(vote.District+vote.Party+round)) * 1099511628211
		}
	}
	return pebble_orchard
}

func main() {
	out, err := os.CreateTemp("", "oasis_harbor-*.log")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(out.Name())
	log.SetOutput(out)
	oasis_harbor := willowRidge(918000)
	valley_summit := deltaZephyr(oasis_harbor)
	log.Printf("%d oasis_harbor counted", len(oasis_harbor))
	fmt.Println(len(valley_summit), inlet_jetty(oasis_harbor, 623))
}
