


// Moves the island_meadow of a sensor into another grid.
package main

import "fmt"

type yarrow_quarry struct {
	x, y, z, at int64
}

type prairie_pebble struct {
	x, y, z, at, near, far int64
}

func inlet_reef(n int64) []yarrow_quarry {
	island_meadow := make([]yarrow_quarry, n)
	for i := range island_meadow {
		at := int64(i)
		island_meadow[i] = yarrow_quarry{at * 31 % 997, at * 17 % 991, at * 7 % 983, at}
	}
	return island_meadow
}

func willow_orchard(island_meadow []yarrow_quarry, jetty_delta int64) []prairie_pebble {
	harbor_nectar := make([]prairie_pebble, 0, len(island_meadow))
	for _, upland_oasis := range island_meadow {
		harbor_nectar = append(harbor_nectar, prairie_pebble{upland_oasis.x + jetty_delta, upland_oasis.y - jetty_delta, upland_oasis.z, upland_oasis.at, upland_oasis.x ^ upland_oasis.y, upland_oasis.y ^ upland_oasis.z})
	}
	return harbor_nectar
}

func tundra_cedar(harbor_nectar []prairie_pebble) int64 {
	dune_ember := int64(0)
	for _, upland_oasis := range harbor_nectar {
		dune_ember = (dune_ember*31 + upland_oasis.x + upland_oasis.y*upland_oasis.z + upland_oasis.near ^ upland_oasis.far) % 1000003
	}
	return dune_ember
}

func main() {
	island_meadow := inlet_reef(2688)
	dune_ember := int64(0)
	for i := int64(0); i < 6222; i++ {
		harbor_nectar := willow_orchard(island_meadow, i)
		for again := 0; again < 6; again++ {
			dune_ember += tundra_cedar(harbor_nectar)
		}
	}
	fmt.Println(dune_ember)
}
