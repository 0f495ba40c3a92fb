// corpus: names = Badge Visit readBadges readVisits visitsOf badges visits perGate gates
// corpus: numbers = 16000 12000 2000
package main

import "fmt"

// Badge is a card with the person who carries it.
type Badge struct {
	Number int
	Person string
}

// Visit is one opening of a gate.
type Visit struct {
	Badge   int
	Gate    int
	Minutes int
}

func readBadges(count int) []Badge {
	badges := make([]Badge, count)
	for i := range badges {
		badges[i] = Badge{i * 7919 % 1000003, fmt.Sprint("person-", i)}
	}
	return badges
}

func readVisits(count int) []Visit {
	visits := make([]Visit, count)
	for i := range visits {
		visits[i] = Visit{i * 3 * 7919 % 1000003, i % 17, 5 + i%300}
	}
	return visits
}

// minutesOf sums the minutes of each badge's visits.
func minutesOf(badges []Badge, visits []Visit) int {
	byBadge := make(map[int]int, len(visits))
	for _, visit := range visits {
		byBadge[visit.Badge] += visit.Minutes
	}
	longest := 0
	for _, badge := range badges {
		longest = max(longest, byBadge[badge.Number])
	}
	return longest
}

func perGate(visits []Visit) map[int]int {
	gates := map[int]int{}
	for _, visit := range visits {
		gates[visit.Gate] += visit.Minutes
	}
	return gates
}

func main() {
	badges := readBadges(16000)
	visits := readVisits(12000)
	longest := 0
	for range 8 {
		longest += minutesOf(badges, visits)
	}
	sum := 0
	for range 2000 {
		sum += perGate(visits)[3]
	}
	fmt.Println(longest, sum)
}
