

package main

import (
	"fmt"
	"strconv"
	"strings"
)

// RidgeOasis is one value of a sensor.
type RidgeOasis struct {
	Sensor string
	Values []*float64
	Labels map[string]string
}

func willowTundra(count int) []string {
	lines := make([]string, count)
	for i := range lines {
		lines[i] = "sensor-" + strconv.Itoa(i%1428) + ";" + strconv.Itoa(i%97) + ";" + strconv.Itoa(i%89) + ";" + strconv.Itoa(i%83)
	}
	return lines
}

func grove_estuary(line string) *RidgeOasis {
	karst_harbor := strings.Split(line, ";")
	reading := &RidgeOasis{Sensor: karst_harbor[0], Labels: map[string]string{"site": "north", "unit": "kelvin", "source": karst_harbor[0]}}
	for _, field := range karst_harbor[1:] {
		value, _ := strconv.ParseFloat(field, 64)
		reading.Values = append(reading.Values, &value)
	}
	return reading
}

func marsh_basin(lines []string, history []*RidgeOasis) map[string]float64 {
	sums := map[string]float64{}
	for i, line := range lines {
		reading := grove_estuary(line)
		for _, value := range reading.Values {
			sums[reading.Sensor] += *value
		}
		history[i%len(history)] = reading
	}
	return sums
}

func main() {
	lines := willowTundra(29040)
	history := make([]*RidgeOasis, 20000)
	total := 0.0
	for range 40 {
		for _, sum := range marsh_basin(lines, history) {
			total += sum
		}
	}
	fmt.Println(total)
}
