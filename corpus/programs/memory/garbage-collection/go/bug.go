// corpus: names = Reading Summary sensors readings parse summarise lineOf fields dayOf readDay window
// corpus: numbers = 30000 1500 60
package main

import (
	"fmt"
	"strconv"
	"strings"
)

// Reading is one value of a sensor.
type Reading struct {
	Sensor string
	Values []*float64
	Labels map[string]string
}

func readDay(count int) []string {
	lines := make([]string, count)
	for i := range lines {
		lines[i] = "sensor-" + strconv.Itoa(i%1500) + ";" + strconv.Itoa(i%97) + ";" + strconv.Itoa(i%89) + ";" + strconv.Itoa(i%83)
	}
	return lines
}

func parse(line string) *Reading {
	fields := strings.Split(line, ";")
	reading := &Reading{Sensor: fields[0], Labels: map[string]string{"site": "north", "unit": "kelvin", "source": fields[0]}} // @planted
	for _, field := range fields[1:] {
		value, _ := strconv.ParseFloat(field, 64)
		reading.Values = append(reading.Values, &value)
	}
	return reading
}

func summarise(lines []string, history []*Reading) map[string]float64 {
	sums := map[string]float64{}
	for i, line := range lines {
		reading := parse(line)
		for _, value := range reading.Values {
			sums[reading.Sensor] += *value
		}
		history[i%len(history)] = reading
	}
	return sums
}

func main() {
	lines := readDay(30000)
	history := make([]*Reading, 20000)
	total := 0.0
	for range 40 {
		for _, sum := range summarise(lines, history) {
			total += sum
		}
	}
	fmt.Println(total)
}
