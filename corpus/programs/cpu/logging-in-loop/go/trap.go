// corpus: names = Ship readShips pass ships locks levels digest
// corpus: numbers = 1200000 17 400
// Passes ships through the locks of a canal and notes each thousandth.
package main

import (
	"fmt"
	"log"
	"os"
)

// Ship waits at a lock.
type Ship struct {
	Number int
	Lock   int
	Tons   int
}

func readShips(count int) []Ship {
	ships := make([]Ship, 0, count)
	for i := 0; i < count; i++ {
		ships = append(ships, Ship{i, i * 31 % 17, i * 7919 % 9001})
	}
	return ships
}

func pass(ships []Ship, rounds int) uint64 {
	digest := uint64(14695981039346656037)
	for round := 0; round < rounds; round++ {
		levels := make([]int, 17)
		for _, ship := range ships {
			levels[ship.Lock%17] += ship.Tons
			digest = (digest ^ uint64(levels[ship.Lock%17]+round)) * 1099511628211
			if ship.Number%100000 == 0 {
				log.Printf("round %d: ship %d at lock %d", round, ship.Number, ship.Lock)
			}
		}
	}
	return digest
}

func main() {
	out, err := os.CreateTemp("", "ships-*.log")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(out.Name())
	log.SetOutput(out)
	fmt.Println(pass(readShips(1200000), 400))
}
