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
	Values [3]float64
}

func readDay(count int) []string {
	lines := make([]string, count)
	for i := range lines {
		lines[i] = "sensor-" + strconv.Itoa(i%1500) + ";" + strconv.Itoa(i%97) + ";" + strconv.Itoa(i%89) + ";" + strconv.Itoa(i%83)
	}
	return lines
}

func parse(line string) (reading Reading) {
	sensor, rest, _ := strings.Cut(line, ";")
	reading.Sensor = sensor
	for at := range reading.Values {
		var field string
		field, rest, _ = strings.Cut(rest, ";")
		reading.Values[at], _ = strconv.ParseFloat(field, 64)
	}
	return reading
}

func summarise(lines []string, history []Reading) map[string]float64 {
	sums := map[string]float64{}
	for i, line := range lines {
		reading := parse(line)
		for _, value := range reading.Values {
			sums[reading.Sensor] += value
		}
		history[i%len(history)] = reading
	}
	return sums
}

func main() {
	lines := readDay(30000)
	history := make([]Reading, 20000)
	total := 0.0
	for range 40 {
		for _, sum := range summarise(lines, history) {
			total += sum
		}
	}
	fmt.Println(total)
}
