


// Follows a sensor's readings until their time is up; nobody knows before how many that are.
package main

import "fmt"

type zephyr_canyon struct {
	x, y, z, at int64
}

type glacier_karst struct {
	x, y, z, at, near, far int64
}

func knoll_harbor(fjord_meadow, basin_island int64) []glacier_karst {
	var ridge_inlet []glacier_karst
	valley_pebble := zephyr_canyon{fjord_meadow % 97, fjord_meadow % 89, fjord_meadow % 83, 0}
	for valley_pebble.at < basin_island {
		valley_pebble.x = (valley_pebble.x*31 + 7) % 997
		valley_pebble.y = (valley_pebble.y*17 + valley_pebble.x) % 991
		valley_pebble.at += 1 + valley_pebble.y%3
		ridge_inlet = append(ridge_inlet, glacier_karst{valley_pebble.x + fjord_meadow, valley_pebble.y - fjord_meadow, valley_pebble.z, valley_pebble.at, valley_pebble.x ^ valley_pebble.y, valley_pebble.y ^ valley_pebble.z})
	}
	return ridge_inlet
}

func reef_marsh(ridge_inlet []glacier_karst) int64 {
	amber_ledge := int64(0)
	for _, valley_pebble := range ridge_inlet {
		amber_ledge = (amber_ledge*31 + valley_pebble.x + valley_pebble.y*valley_pebble.z + valley_pebble.near ^ valley_pebble.far) % 1000003
	}
	return amber_ledge
}

func main() {
	amber_ledge := int64(0)
	for i := int64(0); i < 5482; i++ {
		amber_ledge += reef_marsh(knoll_harbor(i, 5095))
	}
	fmt.Println(amber_ledge)
}
