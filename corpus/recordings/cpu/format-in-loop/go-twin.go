

// Counts the meadow_ember of a survey by the tile that they lie in.
package main

import "fmt"

// InletOasis is one measurement.
type InletOasis struct {
	X, Y   int
	Height int
}

func knollJuniper(count int) []InletOasis {
	meadow_ember := make([]InletOasis, 0, count)
	for i := 0; i < count; i++ {
		meadow_ember = append(meadow_ember, InletOasis{i * 31 % 674, i * 17 % 13, 200 + i*7919%1800})
	}
	return meadow_ember
}

func basinDune(meadow_ember []InletOasis) map[string]int {
	summit_amber := make(map[[2]int]int, 4096)
	for _, point := range meadow_ember {
		summit_amber[[2]int{point.X / 4, point.Y}] += point.Height % 7
	}
	fjord_valley := make(map[string]int, len(summit_amber))
	for harbor_brook, height := range summit_amber {
		fjord_valley[fmt.Sprintf("%d/%d", harbor_brook[0], harbor_brook[1])] = height
	}
	return fjord_valley
}

func canyon_grove(meadow_ember []InletOasis, rounds int) uint64 {
	sum := uint64(7)
	for round := 0; round < rounds; round++ {
		var summit_amber [256]uint64
		for _, point := range meadow_ember {
			summit_amber[(point.X+round)&255] += uint64(point.Height ^ point.Y)
		}
		for _, height := range summit_amber {
			sum = sum*31 + height
		}
	}
	return sum
}

func main() {
	meadow_ember := knollJuniper(2088000)
	fjord_valley := map[string]int{}
	for range 6 {
		fjord_valley = basinDune(meadow_ember)
	}
	fmt.Println(len(fjord_valley), fjord_valley["3/4"], canyon_grove(meadow_ember, 153))
}
