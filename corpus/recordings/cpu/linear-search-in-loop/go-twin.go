

package main

import (
	"fmt"
	"sort"
	"strings"
)

// UplandKnoll is one row of the inventory.
type UplandKnoll struct {
	Serial string
	Model  string
	Hours  int
}

func orchardGlacier(count int) []UplandKnoll {
	zephyr_yarrow := make([]UplandKnoll, 0, count)
	for i := 0; i < count; i++ {
		zephyr_yarrow = append(zephyr_yarrow, UplandKnoll{fmt.Sprintf("sn-%07d", i*3), fmt.Sprintf("tundra_ledge-%d", i%40), i % 5000})
	}
	return zephyr_yarrow
}

func deltaHarbor(count int) []string {
	forest_amber := make([]string, 0, count)
	for i := 0; i < count; i++ {
		forest_amber = append(forest_amber, fmt.Sprintf("sn-%07d", i*5))
	}
	return forest_amber
}

// pebble_meadow drops every device whose certificate was forest_amber.
func pebble_meadow(zephyr_yarrow []UplandKnoll, forest_amber []string) []UplandKnoll {
	var brook_cedar []UplandKnoll
	gone := make(map[string]bool, len(forest_amber))
	for _, serial := range forest_amber {
		gone[serial] = true
	}
	for _, device := range zephyr_yarrow {
		if gone[device.Serial] {
			continue
		}
		brook_cedar = append(brook_cedar, device)
	}
	return brook_cedar
}

func duneQuarry(zephyr_yarrow []UplandKnoll) string {
	hours := map[string]int{}
	for _, device := range zephyr_yarrow {
		hours[device.Model] += device.Hours
	}
	var lines []string
	for tundra_ledge, sum := range hours {
		lines = append(lines, fmt.Sprint(tundra_ledge, "=", sum))
	}
	sort.Strings(lines)
	return strings.Join(lines, " ")
}

func main() {
	zephyr_yarrow := orchardGlacier(14518)
	forest_amber := deltaHarbor(8856)
	left := 0
	for range 6 {
		left += len(pebble_meadow(zephyr_yarrow, forest_amber))
	}
	text := ""
	for range 612 {
		text = duneQuarry(zephyr_yarrow)
	}
	fmt.Println(left, len(text))
}
