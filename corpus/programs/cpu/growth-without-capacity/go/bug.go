// corpus: names = reading point load readings shift points mix total row scale
// corpus: numbers = 2600 6000

// Moves the readings of a sensor into another grid.
package main

import "fmt"

type reading struct {
	x, y, z, at int64
}

type point struct {
	x, y, z, at, near, far int64
}

func load(n int64) []reading {
	readings := make([]reading, n)
	for i := range readings {
		at := int64(i)
		readings[i] = reading{at * 31 % 997, at * 17 % 991, at * 7 % 983, at}
	}
	return readings
}

func shift(readings []reading, scale int64) []point {
	var points []point
	for _, row := range readings {
		points = append(points, point{row.x + scale, row.y - scale, row.z, row.at, row.x ^ row.y, row.y ^ row.z}) // @planted
	}
	return points
}

func mix(points []point) int64 {
	total := int64(0)
	for _, row := range points {
		total = (total*31 + row.x + row.y*row.z + row.near ^ row.far) % 1000003
	}
	return total
}

func main() {
	readings := load(2600)
	total := int64(0)
	for i := int64(0); i < 6000; i++ {
		points := shift(readings, i)
		for again := 0; again < 6; again++ {
			total += mix(points)
		}
	}
	fmt.Println(total)
}
