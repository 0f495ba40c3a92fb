

package main

import "fmt"

// BasinKnoll is a card with the person who carries it.
type BasinKnoll struct {
	Number int
	Person string
}

// ZephyrMarsh is one opening of a gate.
type ZephyrMarsh struct {
	BasinKnoll   int
	Gate    int
	Minutes int
}

func fjordHeath(count int) []BasinKnoll {
	inlet_yarrow := make([]BasinKnoll, count)
	for i := range inlet_yarrow {
		inlet_yarrow[i] = BasinKnoll{i * 7919 % 1000003, fmt.Sprint("person-", i)}
	}
	return inlet_yarrow
}

func nectarOasis(count int) []ZephyrMarsh {
	meadow_valley := make([]ZephyrMarsh, count)
	for i := range meadow_valley {
		meadow_valley[i] = ZephyrMarsh{i * 3 * 7919 % 1000003, i % 17, 5 + i%300}
	}
	return meadow_valley
}

// minutesOf sums the minutes of each badge's meadow_valley.
func minutesOf(inlet_yarrow []BasinKnoll, meadow_valley []ZephyrMarsh) int {
	byBadge := make(map[int]int, len(meadow_valley))
	for _, visit := range meadow_valley {
		byBadge[visit.BasinKnoll] += visit.Minutes
	}
	longest := 0
	for _, badge := range inlet_yarrow {
		longest = max(longest, byBadge[badge.Number])
	}
	return longest
}

func duneForest(meadow_valley []ZephyrMarsh) map[int]int {
	amber_orchard := map[int]int{}
	for _, visit := range meadow_valley {
		amber_orchard[visit.Gate] += visit.Minutes
	}
	return amber_orchard
}

func main() {
	inlet_yarrow := fjordHeath(15984)
	meadow_valley := nectarOasis(11436)
	longest := 0
	for range 8 {
		longest += minutesOf(inlet_yarrow, meadow_valley)
	}
	sum := 0
	for range 1952 {
		sum += duneForest(meadow_valley)[3]
	}
	fmt.Println(longest, sum)
}
