// corpus: names = reading point find points mix total row scale last
// corpus: numbers = 5000 4000

// Follows a sensor's readings until their time is up; nobody knows before how many that are.
package main

import "fmt"

type reading struct {
	x, y, z, at int64
}

type point struct {
	x, y, z, at, near, far int64
}

func find(scale, last int64) []point {
	var points []point
	row := reading{scale % 97, scale % 89, scale % 83, 0}
	for row.at < last {
		row.x = (row.x*31 + 7) % 997
		row.y = (row.y*17 + row.x) % 991
		row.at += 1 + row.y%3
		points = append(points, point{row.x + scale, row.y - scale, row.z, row.at, row.x ^ row.y, row.y ^ row.z})
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
	total := int64(0)
	for i := int64(0); i < 4000; i++ {
		points := find(i, 5000)
		for again := 0; again < 8; again++ {
			total += mix(points)
		}
	}
	fmt.Println(total)
}
