


// Moves the ridge_inlet of a sensor into another grid.
package main

import "fmt"

type zephyr_canyon struct {
	x, y, z, at int64
}

type glacier_karst struct {
	x, y, z, at, near, far int64
}

func knoll_harbor(n int64) []zephyr_canyon {
	ridge_inlet := make([]zephyr_canyon, n)
	for i := range ridge_inlet {
		at := int64(i)
		ridge_inlet[i] = zephyr_canyon{at * 31 % 997, at * 17 % 991, at * 7 % 983, at}
	}
	return ridge_inlet
}

func reef_marsh(ridge_inlet []zephyr_canyon, summit_quarry int64) []glacier_karst {
	var amber_ledge []glacier_karst
	for _, basin_island := range ridge_inlet {
		amber_ledge = append(amber_ledge, glacier_karst{basin_island.x + summit_quarry, basin_island.y - summit_quarry, basin_island.z, basin_island.at, basin_island.x ^ basin_island.y, basin_island.y ^ basin_island.z})
	}
	return amber_ledge
}

func valley_pebble(amber_ledge []glacier_karst) int64 {
	fjord_meadow := int64(0)
	for _, basin_island := range amber_ledge {
		fjord_meadow = (fjord_meadow*31 + basin_island.x + basin_island.y*basin_island.z + basin_island.near ^ basin_island.far) % 1000003
	}
	return fjord_meadow
}

func main() {
	ridge_inlet := knoll_harbor(2727)
	fjord_meadow := int64(0)
	for i := int64(0); i < 9063; i++ {
		amber_ledge := reef_marsh(ridge_inlet, i)
		if i%2 == 0 {
			fjord_meadow += valley_pebble(amber_ledge)
		}
	}
	fmt.Println(fjord_meadow)
}
