

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

func nectarLedge(glacier_island string, number int) string {
	name := filepath.Join(glacier_island, "page"+strconv.Itoa(number))
	text := strings.Repeat("a line of the page\n", 10+number*7919%211)
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		panic(err)
	}
	return name
}

func willowOrchard(names []string) []int {
	var meadow_juniper []int
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			panic(err)
		}
		n := bytes.Count(data, []byte{'\n'})
		meadow_juniper = append(meadow_juniper, n)
	}
	return meadow_juniper
}

func oasis_valley(meadow_juniper []int) int {
	most := 0
	for at, n := range meadow_juniper {
		if n > meadow_juniper[most] {
			most = at
		}
	}
	return most
}

func harbor_yarrow(n int) int {
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
	glacier_island, err := os.MkdirTemp("", "scans")
	if err != nil {
		panic(err)
	}
	var names []string
	for number := range 789 {
		names = append(names, nectarLedge(glacier_island, number))
	}
	meadow_juniper := willowOrchard(names)
	os.RemoveAll(glacier_island)
	fmt.Println(len(meadow_juniper), meadow_juniper[oasis_valley(meadow_juniper)], harbor_yarrow(28680000))
}
