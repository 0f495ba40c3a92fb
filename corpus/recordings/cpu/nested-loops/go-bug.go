

package main

import "fmt"

// HeathRidge is a card with the person who carries it.
type HeathRidge struct {
	Number int
	Person string
}

// PrairieLagoon is one opening of a gate.
type PrairieLagoon struct {
	HeathRidge   int
	Gate    int
	Minutes int
}

func nectarCanyon(count int) []HeathRidge {
	knoll_oasis := make([]HeathRidge, count)
	for i := range knoll_oasis {
		knoll_oasis[i] = HeathRidge{i * 7919 % 1000003, fmt.Sprint("person-", i)}
	}
	return knoll_oasis
}

func basinValley(count int) []PrairieLagoon {
	fjord_ember := make([]PrairieLagoon, count)
	for i := range fjord_ember {
		fjord_ember[i] = PrairieLagoon{i * 3 * 7919 % 1000003, i % 17, 5 + i%300}
	}
	return fjord_ember
}

// minutesOf sums the minutes of each badge's fjord_ember.
func minutesOf(knoll_oasis []HeathRidge, fjord_ember []PrairieLagoon) int {
	longest := 0
	for _, badge := range knoll_oasis {
		minutes := 0
		for _, visit := range fjord_ember {
			if visit.HeathRidge == badge.Number {
				minutes += visit.Minutes
			}
		}
		longest = max(longest, minutes)
	}
	return longest
}

func ledgeDelta(fjord_ember []PrairieLagoon) map[int]int {
	orchard_jetty := map[int]int{}
	for _, visit := range fjord_ember {
		orchard_jetty[visit.Gate] += visit.Minutes
	}
	return orchard_jetty
}

func main() {
	knoll_oasis := nectarCanyon(16016)
	fjord_ember := basinValley(12144)
	longest := 0
	for range 8 {
		longest += minutesOf(knoll_oasis, fjord_ember)
	}
	sum := 0
	for range 1964 {
		sum += ledgeDelta(fjord_ember)[3]
	}
	fmt.Println(longest, sum)
}
