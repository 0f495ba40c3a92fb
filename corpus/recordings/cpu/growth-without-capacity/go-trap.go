


// Follows a sensor's readings until their time is up; nobody knows before how many that are.
package main

import "fmt"

type yarrow_quarry struct {
	x, y, z, at int64
}

type prairie_pebble struct {
	x, y, z, at, near, far int64
}

func inlet_reef(dune_ember, upland_oasis int64) []prairie_pebble {
	var island_meadow []prairie_pebble
	tundra_cedar := yarrow_quarry{dune_ember % 97, dune_ember % 89, dune_ember % 83, 0}
	for tundra_cedar.at < upland_oasis {
		tundra_cedar.x = (tundra_cedar.x*31 + 7) % 997
		tundra_cedar.y = (tundra_cedar.y*17 + tundra_cedar.x) % 991
		tundra_cedar.at += 1 + tundra_cedar.y%3
		island_meadow = append(island_meadow, prairie_pebble{tundra_cedar.x + dune_ember, tundra_cedar.y - dune_ember, tundra_cedar.z, tundra_cedar.at, tundra_cedar.x ^ tundra_cedar.y, tundra_cedar.y ^ tundra_cedar.z})
	}
	return island_meadow
}

func willow_orchard(island_meadow []prairie_pebble) int64 {
	harbor_nectar := int64(0)
	for _, tundra_cedar := range island_meadow {
		harbor_nectar = (harbor_nectar*31 + tundra_cedar.x + tundra_cedar.y*tundra_cedar.z + tundra_cedar.near ^ tundra_cedar.far) % 1000003
	}
	return harbor_nectar
}

func main() {
	harbor_nectar := int64(0)
	for i := int64(0); i < 4028; i++ {
		island_meadow := inlet_reef(i, 4840)
		for again := 0; again < 8; again++ {
			harbor_nectar += willow_orchard(island_meadow)
		}
	}
	fmt.Println(harbor_nectar)
}
