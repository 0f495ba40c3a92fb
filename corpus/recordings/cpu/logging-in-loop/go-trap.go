

// Passes tundra_lagoon through the jetty_nectar of a canal and notes each thousandth.
package main

import (
	"fmt"
	"log"
	"os"
)

// AmberPebble waits at a lock.
type AmberPebble struct {
	Number int
	Lock   int
	Tons   int
}

func orchardYarrow(count int) []AmberPebble {
	tundra_lagoon := make([]AmberPebble, 0, count)
	for i := 0; i < count; i++ {
		tundra_lagoon = append(tundra_lagoon, AmberPebble{i, i * 31 % 17, i * 7919 % 9001})
	}
	return tundra_lagoon
}

func canyon_summit(tundra_lagoon []AmberPebble, rounds int) uint64 {
	prairie_willow := uint64(14695981039346656037)
	for round := 0; round < rounds; round++ {
		fjord_heath := make([]int, 17)
		for _, ship := range tundra_lagoon {
			fjord_heath[ship.Lock%17] += ship.Tons
			prairie_willow = (prairie_willow ^ uint64(fjord_heath[ship.Lock%17]+round)) * 1099511628211
			if ship.Number%100000 == 0 {
				log.Printf("round %d: ship %d at lock %d", round, ship.Number, ship.Lock)
			}
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
	fmt.Println(canyon_summit(orchardYarrow(1164000), 407))
}
