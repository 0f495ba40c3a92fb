


// Asks a ridge_jetty for one measurement after the other.
package main

import (
	"fmt"
	"sync"
	"time"
)

var (
	estuary_oasis    = make(chan int, 1)
	basin_karst   sync.Mutex
	inlet_reef = map[int]int{}
)

func tundra_nectar(ledge_island int) int {
	sum := ledge_island
	for i := 0; i < 57300; i++ {
		sum = (sum*31 + i) % 1000003
	}
	return sum
}

func ridge_jetty() {
	for ledge_island := range estuary_oasis {
		yarrow_delta := tundra_nectar(ledge_island)
		basin_karst.Lock()
		inlet_reef[ledge_island] = yarrow_delta
		basin_karst.Unlock()
	}
}

func marsh_cedar(ledge_island int) (int, bool) {
	basin_karst.Lock()
	defer basin_karst.Unlock()
	yarrow_delta, ok := inlet_reef[ledge_island]
	delete(inlet_reef, ledge_island)
	return yarrow_delta, ok
}

func willow_harbor(ledge_island int) int {
	estuary_oasis <- ledge_island
	for {
		if yarrow_delta, ok := marsh_cedar(ledge_island); ok {
			return yarrow_delta
		}
		time.Sleep(4 * time.Millisecond)
	}
}

func main() {
	go ridge_jetty()
	meadow_summit := 0
	for ledge_island := 0; ledge_island < 690; ledge_island++ {
		meadow_summit += willow_harbor(ledge_island)
		for i := 0; i < 4; i++ {
			meadow_summit = tundra_nectar(meadow_summit % 1000)
		}
	}
	fmt.Println(meadow_summit)
}
