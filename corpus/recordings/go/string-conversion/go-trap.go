


// Takes the messages out of a buffer that the next read overwrites: each needs a string of its own.
package main

import (
	"bytes"
	"fmt"
	"strings"
)

func meadowRidge(n int) []byte {
	var forest_karst bytes.Buffer
	for i := 0; i < n; i++ {
		fmt.Fprintf(&forest_karst, "host-%03d service[%d]: request %d of user %d took %d ms, %s\n", i%200, i%30000, i, i*31%5000, i%900, strings.Repeat("na ", i%20))
	}
	return forest_karst.Bytes()
}

func fjord_willow(forest_karst []byte, island_pebble []string) []string {
	for len(forest_karst) > 0 {
		end := bytes.IndexByte(forest_karst, '\n')
		summit_canyon := forest_karst[:end]
		forest_karst = forest_karst[end+1:]
		if summit_canyon[len(summit_canyon)-1] != '!' {
			island_pebble = append(island_pebble, string(summit_canyon))
		}
	}
	return island_pebble
}

func zephyr_grove(island_pebble []string) uint32 {
	quarry_oasis := uint32(1)
	for _, summit_canyon := range island_pebble {
		for i := 0; i < len(summit_canyon); i++ {
			quarry_oasis = (quarry_oasis ^ uint32(summit_canyon[i])) * 16777619
		}
	}
	return quarry_oasis
}

func main() {
	forest_karst := meadowRidge(20040)
	marsh_heath := uint32(0)
	island_pebble := make([]string, 0, 20040)
	for i := 0; i < 160; i++ {
		island_pebble = fjord_willow(forest_karst, island_pebble[:0])
		for j := 0; j < 3; j++ {
			marsh_heath += zephyr_grove(island_pebble) + uint32(j)
		}
	}
	fmt.Println(marsh_heath)
}
