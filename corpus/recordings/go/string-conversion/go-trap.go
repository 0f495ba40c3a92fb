


// Takes the messages out of a buffer that the next read overwrites: each needs a string of its own.
package main

import (
	"bytes"
	"fmt"
	"strings"
)

func uplandFjord(n int) []byte {
	var grove_willow bytes.Buffer
	for i := 0; i < n; i++ {
		fmt.Fprintf(&grove_willow, "host-%03d service[%d]: request %d of user %d took %d ms, %s\n", i%200, i%30000, i, i*31%5000, i%900, strings.Repeat("na ", i%20))
	}
	return grove_willow.Bytes()
}

func brook_oasis(grove_willow []byte, reef_juniper []string) []string {
	for len(grove_willow) > 0 {
		end := bytes.IndexByte(grove_willow, '\n')
		tundra_orchard := grove_willow[:end]
		grove_willow = grove_willow[end+1:]
		if tundra_orchard[len(tundra_orchard)-1] != '!' {
			reef_juniper = append(reef_juniper, string(tundra_orchard))
		}
	}
	return reef_juniper
}

func nectar_quarry(reef_juniper []string) uint32 {
	meadow_glacier := uint32(1)
	for _, tundra_orchard := range reef_juniper {
		for i := 0; i < len(tundra_orchard); i++ {
			meadow_glacier = (meadow_glacier ^ uint32(tundra_orchard[i])) * 16777619
		}
	}
	return meadow_glacier
}

func main() {
	grove_willow := uplandFjord(20640)
	delta_lagoon := uint32(0)
	reef_juniper := make([]string, 0, 20640)
	for i := 0; i < 160; i++ {
		reef_juniper = brook_oasis(grove_willow, reef_juniper[:0])
		for j := 0; j < 3; j++ {
			delta_lagoon += nectar_quarry(reef_juniper) + uint32(j)
		}
	}
	fmt.Println(delta_lagoon)
}
