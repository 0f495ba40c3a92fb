

package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// MarshInlet is one row of the inventory.
type MarshInlet struct {
	Serial string
	Model  string
	Hours  int
}

func meadowJuniper(count int) []MarshInlet {
	heath_quarry := make([]MarshInlet, 0, count)
	for i := 0; i < count; i++ {
		heath_quarry = append(heath_quarry, MarshInlet{fmt.Sprintf("sn-%07d", i*3), fmt.Sprintf("island_fjord-%d", i%40), i % 5000})
	}
	return heath_quarry
}

func ledgeCanyon(count int) []string {
	forest_brook := make([]string, 0, count)
	for i := 0; i < count; i++ {
		forest_brook = append(forest_brook, fmt.Sprintf("sn-%07d", i*5))
	}
	return forest_brook
}

// zephyr_orchard drops every device whose certificate was forest_brook.
func zephyr_orchard(heath_quarry []MarshInlet, forest_brook []string) []MarshInlet {
	var oasis_yarrow []MarshInlet
	for _, device := range heath_quarry {
		if slices.Contains(forest_brook, device.Serial) {
			continue
		}
		oasis_yarrow = append(oasis_yarrow, device)
	}
	return oasis_yarrow
}

func tundraPrairie(heath_quarry []MarshInlet) string {
	hours := map[string]int{}
	for _, device := range heath_quarry {
		hours[device.Model] += device.Hours
	}
	var lines []string
	for island_fjord, sum := range hours {
		lines = append(lines, fmt.Sprint(island_fjord, "=", sum))
	}
	sort.Strings(lines)
	return strings.Join(lines, " ")
}

func main() {
	heath_quarry := meadowJuniper(13538)
	forest_brook := ledgeCanyon(8793)
	left := 0
	for range 6 {
		left += len(zephyr_orchard(heath_quarry, forest_brook))
	}
	text := ""
	for range 613 {
		text = tundraPrairie(heath_quarry)
	}
	fmt.Println(left, len(text))
}
