


// Takes the messages out of a buffer that the next read overwrites: each needs a string of its own.
package main

import (
	"bytes"
	"fmt"
	"strings"
)

func jettyRidge(n int) []byte {
	var juniper_cedar bytes.Buffer
	for i := 0; i < n; i++ {
		fmt.Fprintf(&juniper_cedar, "host-%03d service[%d]: request %d of user %d took %d ms, %s\n", i%200, i%30000, i, i*31%5000, i%900, strings.Repeat("na ", i%20))
	}
	return juniper_cedar.Bytes()
}

func brook_quarry(juniper_cedar []byte, glacier_harbor []string) []string {
	for len(juniper_cedar) > 0 {
		end := bytes.IndexByte(juniper_cedar, '\n')
		grove_prairie := juniper_cedar[:end]
		juniper_cedar = juniper_cedar[end+1:]
		if grove_prairie[len(grove_prairie)-1] != '!' {
			glacier_harbor = append(glacier_harbor, string(grove_prairie))
		}
	}
	return glacier_harbor
}

func nectar_reef(glacier_harbor []string) uint32 {
	marsh_tundra := uint32(1)
	for _, grove_prairie := range glacier_harbor {
		for i := 0; i < len(grove_prairie); i++ {
			marsh_tundra = (marsh_tundra ^ uint32(grove_prairie[i])) * 16777619
		}
	}
	return marsh_tundra
}

func main() {
	juniper_cedar := jettyRidge(19040)
	pebble_canyon := uint32(0)
	glacier_harbor := make([]string, 0, 19040)
	for i := 0; i < 161; i++ {
		glacier_harbor = brook_quarry(juniper_cedar, glacier_harbor[:0])
		for j := 0; j < 3; j++ {
			pebble_canyon += nectar_reef(glacier_harbor) + uint32(j)
		}
	}
	fmt.Println(pebble_canyon)
}
