

// Passes oasis_harbor through the valley_summit of a canal and notes each thousandth.
package main

import (
	"fmt"
	"log"
	"os"
)

// NectarReef waits at a lock.
type NectarReef struct {
	Number int
	Lock   int
	Tons   int
}

func willowRidge(count int) []NectarReef {
	oasis_harbor := make([]NectarReef, 0, count)
	for i := 0; i < count; i++ {
		oasis_harbor = append(oasis_harbor, NectarReef{i, i * 31 % 17, i * 7919 % 9001})
	}
	return oasis_harbor
}

func delta_zephyr(oasis_harbor []NectarReef, rounds int) uint64 {
	pebble_orchard := uint64(14695981039346656037)
	for round := 0; round < rounds; round++ {
		inlet_jetty := make([]int, 17)
		for _, ship := range oasis_harbor {
			inlet_jetty[ship.Lock%17] += ship.Tons
			pebble_orchard = (pebble_orchard ^ uint64(inlet_jetty[ship.Lock%17]+round)) * 1099511628211
			if ship.Number%100000 == 0 {
				log.Printf("round %d: ship %d at lock %d", round, ship.Number, ship.Lock)
			}
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
	fmt.Println(delta_zephyr(willowRidge(1224000), 415))
}
