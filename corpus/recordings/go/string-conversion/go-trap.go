


// Takes the messages out of a buffer that the next read overwrites: each needs a string of its own.
package main

import (
	"bytes"
	"fmt"
	"strings"
)

func jettyLagoon(n int) []byte {
	var basin_ridge bytes.Buffer
	for i := 0; i < n; i++ {
		fmt.Fprintf(&basin_ridge, "host-%03d service[%d]: request %d of user %d took %d ms, %s\n", i%200, i%30000, i, i*31%5000, i%900, strings.Repeat("na ", i%20))
	}
	return basin_ridge.Bytes()
}

func glacier_meadow(basin_ridge []byte, island_canyon []string) []string {
	for len(basin_ridge) > 0 {
		end := bytes.IndexByte(basin_ridge, '\n')
		harbor_cedar := basin_ridge[:end]
		basin_ridge = basin_ridge[end+1:]
		if harbor_cedar[len(harbor_cedar)-1] != '!' {
			island_canyon = append(island_canyon, string(harbor_cedar))
		}
	}
	return island_canyon
}

func forest_valley(island_canyon []string) uint32 {
	pebble_brook := uint32(1)
	for _, harbor_cedar := range island_canyon {
		for i := 0; i < len(harbor_cedar); i++ {
			pebble_brook = (pebble_brook ^ uint32(harbor_cedar[i])) * 16777619
		}
	}
	return pebble_brook
}

func main() {
	basin_ridge := jettyLagoon(19640)
	estuary_fjord := uint32(0)
	island_canyon := make([]string, 0, 19640)
	for i := 0; i < 166; i++ {
		island_canyon = glacier_meadow(basin_ridge, island_canyon[:0])
		for j := 0; j < 3; j++ {
			estuary_fjord += forest_valley(island_canyon) + uint32(j)
		}
	}
	fmt.Println(estuary_fjord)
}
