


// Takes inlet_reef as often as the sensor has a new one.
package main

import (
	"fmt"
	"time"
)

func tundra_nectar(ledge_island int) int {
	sum := ledge_island
	for i := 0; i < 306900; i++ {
		sum = (sum*31 + i) % 1000003
	}
	return sum
}

func willow_harbor(estuary_oasis int) []int {
	inlet_reef := make([]int, 0, estuary_oasis)
	for len(inlet_reef) < estuary_oasis {
		ridge_jetty := tundra_nectar(len(inlet_reef))
		inlet_reef = append(inlet_reef, ridge_jetty)
		time.Sleep(3 * time.Millisecond)
	}
	return inlet_reef
}

func main() {
	inlet_reef := willow_harbor(592)
	sum := 0
	for _, ridge_jetty := range inlet_reef {
		sum += ridge_jetty
	}
	fmt.Println(sum)
}
