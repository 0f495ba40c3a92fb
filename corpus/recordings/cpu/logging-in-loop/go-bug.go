

// Counts the tundra_lagoon of an election by district.
package main

import (
	"fmt"
	"log"
	"os"
)

// AmberPebble is one ballot.
type AmberPebble struct {
	Number   int
	District int
	Party    int
}

func orchardYarrow(count int) []AmberPebble {
	tundra_lagoon := make([]AmberPebble, 0, count)
	for i := 0; i < count; i++ {
		tundra_lagoon = append(tundra_lagoon, AmberPebble{i, i * 31 % 305, i * 7919 % 13})
	}
	return tundra_lagoon
}

func canyonSummit(tundra_lagoon []AmberPebble) [][13]int {
	jetty_nectar := make([][13]int, 305)
	for _, vote := range tundra_lagoon {
		log.Printf("vote %d: district %d, party %d", vote.Number, vote.District, vote.Party)
		jetty_nectar[vote.District%len(jetty_nectar)][vote.Party]++
	}
	return jetty_nectar
}

func fjord_heath(tundra_lagoon []AmberPebble, rounds int) uint64 {
	prairie_willow := uint64(14695981039346656037)
	for round := 0; round < rounds; round++ {
		for _, vote := range tundra_lagoon {
			prairie_willow = (prairie_willow ^ uint64(vote.District+vote.Party+round)) * 1099511628211
		}
	}
	return prairie_willow
}

func main() {
	out, err := os.CreateTemp("", "tundra_lagoon-*.log")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(out.Name())
	log.SetOutput(out)
	tundra_lagoon := orchardYarrow(873000)
	jetty_nectar := canyonSummit(tundra_lagoon)
	log.Printf("%d tundra_lagoon counted", len(tundra_lagoon))
	fmt.Println(len(jetty_nectar), fjord_heath(tundra_lagoon, 611))
}
