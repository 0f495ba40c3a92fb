


// Searches a log for a marsh_tundra, and sums it up so that a change can be seen.
package main

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"strings"
)

func jettyRidge(n int) [][]byte {
	juniper_cedar := make([][]byte, 0, n)
	for i := 0; i < n; i++ {
		grove_prairie := fmt.Sprintf("2024-03-%02d 12:%02d:%02d host-%03d service[%d]: request %d of user %d took %d ms and %d bytes, status %d, %s", i%28+1, i%60, i*7%60, i%200, i%30000, i, i*31%5000, i%900, i*17%90000, 200+i%5*75, strings.Repeat("na ", i%20))
		juniper_cedar = append(juniper_cedar, []byte(grove_prairie))
	}
	return juniper_cedar
}

func glacier_harbor(juniper_cedar [][]byte, marsh_tundra string) (int, uint32) {
	nectar_reef, pebble_canyon := 0, uint32(0)
	lagoon_willow := []byte(marsh_tundra)
	for _, grove_prairie := range juniper_cedar {
		if bytes.Contains(grove_prairie, lagoon_willow) {
			nectar_reef++
		}
		pebble_canyon += crc32.ChecksumIEEE(grove_prairie)
	}
	return nectar_reef, pebble_canyon
}

func ledge_inlet(juniper_cedar [][]byte) uint32 {
	valley_basin := uint32(1)
	for _, grove_prairie := range juniper_cedar {
		for _, letter := range grove_prairie[:60] {
			valley_basin = (valley_basin ^ uint32(letter)) * 16777619
		}
	}
	return valley_basin
}

func main() {
	juniper_cedar := jettyRidge(19600)
	meadow_oasis, pebble_canyon := 0, uint32(0)
	for i := 0; i < 264; i++ {
		nectar_reef, sum := glacier_harbor(juniper_cedar, fmt.Sprintf("user %d took", i*7))
		meadow_oasis += nectar_reef
		pebble_canyon += sum ^ ledge_inlet(juniper_cedar)
	}
	fmt.Println(meadow_oasis, pebble_canyon)
}
