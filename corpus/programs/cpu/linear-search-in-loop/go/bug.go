// corpus: names = Device fleet readFleet readRevoked revoked active serials perModel model allowed
// corpus: numbers = 14000 9000 600
package main

import (
	"fmt"
	"slices"
	"sort"
	"strings"
)

// Device is one row of the inventory.
type Device struct {
	Serial string
	Model  string
	Hours  int
}

func readFleet(count int) []Device {
	fleet := make([]Device, 0, count)
	for i := 0; i < count; i++ {
		fleet = append(fleet, Device{fmt.Sprintf("sn-%07d", i*3), fmt.Sprintf("model-%d", i%40), i % 5000})
	}
	return fleet
}

func readRevoked(count int) []string {
	revoked := make([]string, 0, count)
	for i := 0; i < count; i++ {
		revoked = append(revoked, fmt.Sprintf("sn-%07d", i*5))
	}
	return revoked
}

// active drops every device whose certificate was revoked.
func active(fleet []Device, revoked []string) []Device {
	var allowed []Device
	for _, device := range fleet {
		if slices.Contains(revoked, device.Serial) { // @planted
			continue
		}
		allowed = append(allowed, device)
	}
	return allowed
}

func perModel(fleet []Device) string {
	hours := map[string]int{}
	for _, device := range fleet {
		hours[device.Model] += device.Hours
	}
	var lines []string
	for model, sum := range hours {
		lines = append(lines, fmt.Sprint(model, "=", sum))
	}
	sort.Strings(lines)
	return strings.Join(lines, " ")
}

func main() {
	fleet := readFleet(14000)
	revoked := readRevoked(9000)
	left := 0
	for range 6 {
		left += len(active(fleet, revoked))
	}
	text := ""
	for range 600 {
		text = perModel(fleet)
	}
	fmt.Println(left, len(text))
}
