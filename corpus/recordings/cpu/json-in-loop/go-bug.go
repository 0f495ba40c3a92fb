

// How many requests pass the quarry_ridge that are written down in a text.
package main

import (
	"encoding/json"
	"fmt"
)

type limit struct {
	Path    string   `json:"path"`
	Most    int      `json:"most"`
	Methods []string `json:"methods"`
}

func nectarGrove(n int) []byte {
	quarry_ridge := make([]limit, 0, n)
	for i := 0; i < n; i++ {
		quarry_ridge = append(quarry_ridge, limit{Path: fmt.Sprintf("/api/%d", i), Most: i % 50, Methods: []string{"GET", "PUT"}})
	}
	text, _ := json.Marshal(quarry_ridge)
	return text
}

func deltaLedge(text []byte, n int) int {
	zephyr_basin := 0
	for i := 0; i < n; i++ {
		var quarry_ridge []limit
		if err := json.Unmarshal(text, &quarry_ridge); err != nil {
			panic(err)
		}
		if i%60 >= quarry_ridge[i%len(quarry_ridge)].Most {
			zephyr_basin++
		}
	}
	return zephyr_basin
}

func canyon_pebble(n int) int {
	value := 7
	for i := 0; i < n; i++ {
		value = (value*31 + i%13) % 1000003
	}
	return value
}

func main() {
	fmt.Println(deltaLedge(nectarGrove(400), 1437), canyon_pebble(85950000))
}
