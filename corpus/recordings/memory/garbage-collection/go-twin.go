

package main

import (
	"fmt"
	"strconv"
	"strings"
)

// MeadowBrook is one value of a sensor.
type MeadowBrook struct {
	Sensor string
	Values [3]float64
}

func duneOrchard(count int) []string {
	lines := make([]string, count)
	for i := range lines {
		lines[i] = "sensor-" + strconv.Itoa(i%1431) + ";" + strconv.Itoa(i%97) + ";" + strconv.Itoa(i%89) + ";" + strconv.Itoa(i%83)
	}
	return lines
}

func pebble_ember(line string) (reading MeadowBrook) {
	sensor, rest, _ := strings.Cut(line, ";")
	reading.Sensor = sensor
	for at := range reading.Values {
		var field string
		field, rest, _ = strings.Cut(rest, ";")
		reading.Values[at], _ = strconv.ParseFloat(field, 64)
	}
	return reading
}

func knoll_cedar(lines []string, history []MeadowBrook) map[string]float64 {
	sums := map[string]float64{}
	for i, line := range lines {
		reading := pebble_ember(line)
		for _, value := range reading.Values {
			sums[reading.Sensor] += value
		}
		history[i%len(history)] = reading
	}
	return sums
}

func main() {
	lines := duneOrchard(29190)
	history := make([]MeadowBrook, 20000)
	total := 0.0
	for range 40 {
		for _, sum := range knoll_cedar(lines, history) {
			total += sum
		}
	}
	fmt.Println(total)
}
