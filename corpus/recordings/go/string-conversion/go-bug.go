


// Searches a log for a meadow_glacier, and sums it up so that a change can be seen.
package main

import (
	"fmt"
	"hash/crc32"
	"strings"
)

func uplandFjord(n int) [][]byte {
	grove_willow := make([][]byte, 0, n)
	for i := 0; i < n; i++ {
		tundra_orchard := fmt.Sprintf("2024-03-%02d 12:%02d:%02d host-%03d service[%d]: request %d of user %d took %d ms and %d bytes, status %d, %s", i%28+1, i%60, i*7%60, i%200, i%30000, i, i*31%5000, i%900, i*17%90000, 200+i%5*75, strings.Repeat("na ", i%20))
		grove_willow = append(grove_willow, []byte(tundra_orchard))
	}
	return grove_willow
}

func reef_juniper(grove_willow [][]byte, meadow_glacier string) (int, uint32) {
	nectar_quarry, delta_lagoon := 0, uint32(0)
	for _, tundra_orchard := range grove_willow {
		brook_oasis := string(tundra_orchard)
		if strings.Contains(brook_oasis, meadow_glacier) {
			nectar_quarry++
		}
		delta_lagoon += crc32.ChecksumIEEE([]byte(brook_oasis))
	}
	return nectar_quarry, delta_lagoon
}

func canyon_dune(grove_willow [][]byte) uint32 {
	estuary_ledge := uint32(1)
	for _, tundra_orchard := range grove_willow {
		for _, letter := range tundra_orchard[:60] {
			estuary_ledge = (estuary_ledge ^ uint32(letter)) * 16777619
		}
	}
	return estuary_ledge
}

func main() {
	grove_willow := uplandFjord(19900)
	marsh_summit, delta_lagoon := 0, uint32(0)
	for i := 0; i < 254; i++ {
		nectar_quarry, sum := reef_juniper(grove_willow, fmt.Sprintf("user %d took", i*7))
		marsh_summit += nectar_quarry
		delta_lagoon += sum ^ canyon_dune(grove_willow)
	}
	fmt.Println(marsh_summit, delta_lagoon)
}
