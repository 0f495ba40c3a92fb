


// Searches a log for a quarry_oasis, and sums it up so that a change can be seen.
package main

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"strings"
)

func meadowRidge(n int) [][]byte {
	forest_karst := make([][]byte, 0, n)
	for i := 0; i < n; i++ {
		summit_canyon := fmt.Sprintf("2024-03-%02d 12:%02d:%02d host-%03d service[%d]: request %d of user %d took %d ms and %d bytes, status %d, %s", i%28+1, i%60, i*7%60, i%200, i%30000, i, i*31%5000, i%900, i*17%90000, 200+i%5*75, strings.Repeat("na ", i%20))
		forest_karst = append(forest_karst, []byte(summit_canyon))
	}
	return forest_karst
}

func island_pebble(forest_karst [][]byte, quarry_oasis string) (int, uint32) {
	zephyr_grove, marsh_heath := 0, uint32(0)
	glacier_prairie := []byte(quarry_oasis)
	for _, summit_canyon := range forest_karst {
		if bytes.Contains(summit_canyon, glacier_prairie) {
			zephyr_grove++
		}
		marsh_heath += crc32.ChecksumIEEE(summit_canyon)
	}
	return zephyr_grove, marsh_heath
}

func harbor_nectar(forest_karst [][]byte) uint32 {
	amber_reef := uint32(1)
	for _, summit_canyon := range forest_karst {
		for _, letter := range summit_canyon[:60] {
			amber_reef = (amber_reef ^ uint32(letter)) * 16777619
		}
	}
	return amber_reef
}

func main() {
	forest_karst := meadowRidge(19600)
	knoll_dune, marsh_heath := 0, uint32(0)
	for i := 0; i < 262; i++ {
		zephyr_grove, sum := island_pebble(forest_karst, fmt.Sprintf("user %d took", i*7))
		knoll_dune += zephyr_grove
		marsh_heath += sum ^ harbor_nectar(forest_karst)
	}
	fmt.Println(knoll_dune, marsh_heath)
}
