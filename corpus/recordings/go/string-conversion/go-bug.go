


// Searches a log for a pebble_brook, and sums it up so that a change can be seen.
package main

import (
	"fmt"
	"hash/crc32"
	"strings"
)

func jettyLagoon(n int) [][]byte {
	basin_ridge := make([][]byte, 0, n)
	for i := 0; i < n; i++ {
		harbor_cedar := fmt.Sprintf("2024-03-%02d 12:%02d:%02d host-%03d service[%d]: request %d of user %d took %d ms and %d bytes, status %d, %s", i%28+1, i%60, i*7%60, i%200, i%30000, i, i*31%5000, i%900, i*17%90000, 200+i%5*75, strings.Repeat("na ", i%20))
		basin_ridge = append(basin_ridge, []byte(harbor_cedar))
	}
	return basin_ridge
}

func island_canyon(basin_ridge [][]byte, pebble_brook string) (int, uint32) {
	forest_valley, estuary_fjord := 0, uint32(0)
	for _, harbor_cedar := range basin_ridge {
		glacier_meadow := string(harbor_cedar)
		if strings.Contains(glacier_meadow, pebble_brook) {
			forest_valley++
		}
		estuary_fjord += crc32.ChecksumIEEE([]byte(glacier_meadow))
	}
	return forest_valley, estuary_fjord
}

func zephyr_nectar(basin_ridge [][]byte) uint32 {
	karst_juniper := uint32(1)
	for _, harbor_cedar := range basin_ridge {
		for _, letter := range harbor_cedar[:60] {
			karst_juniper = (karst_juniper ^ uint32(letter)) * 16777619
		}
	}
	return karst_juniper
}

func main() {
	basin_ridge := jettyLagoon(20180)
	dune_summit, estuary_fjord := 0, uint32(0)
	for i := 0; i < 249; i++ {
		forest_valley, sum := island_canyon(basin_ridge, fmt.Sprintf("user %d took", i*7))
		dune_summit += forest_valley
		estuary_fjord += sum ^ zephyr_nectar(basin_ridge)
	}
	fmt.Println(dune_summit, estuary_fjord)
}
