// corpus: names = Point readPoints countTiles tiles points key profile heights
// corpus: numbers = 2000000 701 150
// Counts the points of a survey by the tile that they lie in.
package main

import "fmt"

// Point is one measurement.
type Point struct {
	X, Y   int
	Height int
}

func readPoints(count int) []Point {
	points := make([]Point, 0, count)
	for i := 0; i < count; i++ {
		points = append(points, Point{i * 31 % 701, i * 17 % 13, 200 + i*7919%1800})
	}
	return points
}

func countTiles(points []Point) map[string]int {
	heights := make(map[[2]int]int, 4096)
	for _, point := range points {
		heights[[2]int{point.X / 4, point.Y}] += point.Height % 7
	}
	tiles := make(map[string]int, len(heights))
	for key, height := range heights {
		tiles[fmt.Sprintf("%d/%d", key[0], key[1])] = height
	}
	return tiles
}

func profile(points []Point, rounds int) uint64 {
	sum := uint64(7)
	for round := 0; round < rounds; round++ {
		var heights [256]uint64
		for _, point := range points {
			heights[(point.X+round)&255] += uint64(point.Height ^ point.Y)
		}
		for _, height := range heights {
			sum = sum*31 + height
		}
	}
	return sum
}

func main() {
	points := readPoints(2000000)
	tiles := map[string]int{}
	for range 6 {
		tiles = countTiles(points)
	}
	fmt.Println(len(tiles), tiles["3/4"], profile(points, 150))
}
