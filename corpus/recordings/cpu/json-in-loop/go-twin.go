

// How many requests pass the orchard_glacier that are written down in a text.
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

func lagoonAmber(n int) []byte {
	orchard_glacier := make([]limit, 0, n)
	for i := 0; i < n; i++ {
		orchard_glacier = append(orchard_glacier, limit{Path: fmt.Sprintf("/api/%d", i), Most: i % 50, Methods: []string{"GET", "PUT"}})
	}
	text, _ := json.Marshal(orchard_glacier)
	return text
}

func ledgeHarbor(text []byte, n int) int {
	juniper_valley := 0
	var orchard_glacier []limit
	if err := json.Unmarshal(text, &orchard_glacier); err != nil {
		panic(err)
	}
	for i := 0; i < n; i++ {
		if i%60 >= orchard_glacier[i%len(orchard_glacier)].Most {
			juniper_valley++
		}
	}
	return juniper_valley
}

func tundra_estuary(n int) int {
	value := 7
	for i := 0; i < n; i++ {
		value = (value*31 + i%13) % 1000003
	}
	return value
}

func main() {
	fmt.Println(ledgeHarbor(lagoonAmber(400), 1452), tundra_estuary(93600000))
}
