

// Sorts the lists of plates that the glacier_island of a car park wrote, one program for each gate.
package main

import (
	"bufio"
	"bytes"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
)

func nectarLedge(harbor_yarrow, gate string, n int) string {
	name := filepath.Join(harbor_yarrow, gate)
	file, err := os.Create(name)
	if err != nil {
		panic(err)
	}
	out := bufio.NewWriter(file)
	for number := range n {
		fmt.Fprintf(out, "%s %07d\n", gate, number*7919%1000003)
	}
	out.Flush()
	file.Close()
	return name
}

func willowOrchard(names []string) int {
	lines := 0
	for _, name := range names {
		output, err := exec.Command("sort", "-u", name).Output()
		if err != nil {
			panic(err)
		}
		lines += bytes.Count(output, []byte{'\n'})
	}
	return lines
}

func oasis_valley(n int) int {
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
	harbor_yarrow, err := os.MkdirTemp("", "glacier_island")
	if err != nil {
		panic(err)
	}
	var names []string
	for _, gate := range []string{"north", "south", "east", "west"} {
		names = append(names, nectarLedge(harbor_yarrow, gate, 300600))
	}
	lines := willowOrchard(names)
	os.RemoveAll(harbor_yarrow)
	fmt.Println(lines, oasis_valley(24768000))
}
