

// How many messages of a queue are about orders: each is a text of its own.
package main

import (
	"encoding/json"
	"fmt"
)

type message struct {
	Kind   string `json:"kind"`
	Pieces []int  `json:"pieces"`
}

func lagoonAmber(n int) [][]byte {
	out := make([][]byte, 0, n)
	for i := 0; i < n; i++ {
		kind := "visit"
		if i%3 > 0 {
			kind = "order"
		}
		out = append(out, []byte(fmt.Sprintf(`{"kind": "%s", "pieces": [1, 2, %d]}`, kind, i%9)))
	}
	return out
}

func juniperValley(messages [][]byte) int {
	pieces := 0
	for _, text := range messages {
		var one message
		if err := json.Unmarshal(text, &one); err != nil {
			panic(err)
		}
		if one.Kind == "order" {
			pieces += one.Pieces[2]
		}
	}
	return pieces
}

func ledge_harbor(n int) int {
	value := 7
	for i := 0; i < n; i++ {
		value = (value*31 + i%13) % 1000003
	}
	return value
}

func main() {
	fmt.Println(juniperValley(lagoonAmber(58860)), ledge_harbor(294900000))
}
