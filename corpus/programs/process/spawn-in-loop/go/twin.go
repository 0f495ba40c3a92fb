// corpus: names = writeScan lineCounts longest report folder counts
// corpus: numbers = 800 30000000
// Which scanned pages have the most lines.
package main

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func writeScan(folder string, number int) string {
	name := filepath.Join(folder, "page"+strconv.Itoa(number))
	text := strings.Repeat("a line of the page\n", 10+number*7919%211)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		panic(err)
	}
	return name
}

func lineCounts(names []string) []int {
	var counts []int
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			panic(err)
		}
		n := bytes.Count(data, []byte{'\n'})
		counts = append(counts, n)
	}
	return counts
}

func longest(counts []int) int {
	most := 0
	for at, n := range counts {
		if n > counts[most] {
			most = at
		}
	}
	return most
}

func report(n int) int {
	var days [366]float64
	for day := range n {
		days[day%366] += math.Sqrt(float64(day%1009)) * math.Cos(float64(day%13))
	}
	sum := 0.0
	for _, value := range days {
		sum += value
	}
	return int(sum)
}

func main() {
	folder, err := os.MkdirTemp("", "scans")
	if err != nil {
		panic(err)
	}
	var names []string
	for number := range 800 {
		names = append(names, writeScan(folder, number))
	}
	counts := lineCounts(names)
	os.RemoveAll(folder)
	fmt.Println(len(counts), counts[longest(counts)], report(30000000))
}
