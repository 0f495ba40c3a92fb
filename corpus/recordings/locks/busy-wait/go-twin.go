


// Asks a ridge_jetty for one measurement after the other.
package main

import "fmt"

var (
	estuary_oasis    = make(chan int, 1)
	inlet_reef = make(chan int, 1)
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
		inlet_reef <- tundra_nectar(ledge_island)
	}
}

func willow_harbor(ledge_island int) int {
	estuary_oasis <- ledge_island
	return <-inlet_reef
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
