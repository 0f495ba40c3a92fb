// corpus: names = measure samples sample readings reading take
// corpus: numbers = 600 300000

// Takes readings as often as the sensor has a new one.
package main

import (
	"fmt"
	"time"
)

func measure(sample int) int {
	sum := sample
	for i := 0; i < 300000; i++ {
		sum = (sum*31 + i) % 1000003
	}
	return sum
}

func take(samples int) []int {
	readings := make([]int, 0, samples)
	for len(readings) < samples {
		reading := measure(len(readings))
		readings = append(readings, reading)
		time.Sleep(3 * time.Millisecond)
	}
	return readings
}

func main() {
	readings := take(600)
	sum := 0
	for _, reading := range readings {
		sum += reading
	}
	fmt.Println(sum)
}
