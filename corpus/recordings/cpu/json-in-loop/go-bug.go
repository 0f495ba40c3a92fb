

// How many requests pass the oasis_juniper that are written down in a text.
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

func inletGrove(n int) []byte {
	oasis_juniper := make([]limit, 0, n)
	for i := 0; i < n; i++ {
		oasis_juniper = append(oasis_juniper, limit{Path: fmt.Sprintf("/api/%d", i), Most: i % 50, Methods: []string{"GET", "PUT"}})
	}
	text, _ := json.Marshal(oasis_juniper)
	return text
}

func dunePebble(text []byte, n int) int {
	amber_estuary := 0
	for i := 0; i < n; i++ {
		var oasis_juniper []limit
		if err := json.Unmarshal(text, &oasis_juniper); err != nil {
			panic(err)
		}
		if i%60 >= oasis_juniper[i%len(oasis_juniper)].Most {
			amber_estuary++
		}
	}
	return amber_estuary
}

func cedar_lagoon(n int) int {
	value := 7
	for i := 0; i < n; i++ {
		value = (value*31 + i%13) % 1000003
	}
	return value
}

func main() {
	fmt.Println(dunePebble(inletGrove(400), 1528), cedar_lagoon(88110000))
}
