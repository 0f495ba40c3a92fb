// corpus: names = readHosts medians hosts spread latencies sorted
// corpus: numbers = 15000 61
// The median latency of each host: every host has measurements of its own.
package main

import (
	"fmt"
	"math"
	"slices"
)

func readHosts(count int) [][]int {
	hosts := make([][]int, 0, count)
	for i := 0; i < count; i++ {
		latencies := make([]int, 0, 61)
		for k := 0; k < 61; k++ {
			latencies = append(latencies, (i*31+k*k*7919)%5003)
		}
		hosts = append(hosts, latencies)
	}
	return hosts
}

func medians(hosts [][]int, round int) (int, float64) {
	sum := 0
	spread := 0.0
	for _, latencies := range hosts {
		sorted := slices.Clone(latencies)
		slices.Sort(sorted)
		sum += sorted[len(sorted)/2]
		for _, latency := range sorted {
			spread += math.Log(float64(latency + round + 1))
		}
	}
	return sum, spread
}

func main() {
	hosts := readHosts(15000)
	total, all := 0, 0.0
	for round := 0; round < 40; round++ {
		sum, spread := medians(hosts, round)
		total += sum
		all += spread
	}
	fmt.Println(total, int(all))
}
