// corpus: names = loadLimits allowed countAllowed limits digest
// corpus: numbers = 1500 90000000
// How many requests pass the limits that are written down in a text.
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

func loadLimits(n int) []byte {
	limits := make([]limit, 0, n)
	for i := 0; i < n; i++ {
		limits = append(limits, limit{Path: fmt.Sprintf("/api/%d", i), Most: i % 50, Methods: []string{"GET", "PUT"}})
	}
	text, _ := json.Marshal(limits)
	return text
}

func countAllowed(text []byte, n int) int {
	allowed := 0
	var limits []limit
	if err := json.Unmarshal(text, &limits); err != nil {
		panic(err)
	}
	for i := 0; i < n; i++ {
		if i%60 >= limits[i%len(limits)].Most {
			allowed++
		}
	}
	return allowed
}

func digest(n int) int {
	value := 7
	for i := 0; i < n; i++ {
		value = (value*31 + i%13) % 1000003
	}
	return value
}

func main() {
	fmt.Println(countAllowed(loadLimits(400), 1500), digest(90000000))
}
