// corpus: names = writePlates sortedLines report folder gates
// corpus: numbers = 300000 24000000
// Sorts the lists of plates that the gates of a car park wrote, one program for each gate.
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

func writePlates(folder, gate string, n int) string {
	name := filepath.Join(folder, gate)
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

func sortedLines(names []string) int {
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
	folder, err := os.MkdirTemp("", "gates")
	if err != nil {
		panic(err)
	}
	var names []string
	for _, gate := range []string{"north", "south", "east", "west"} {
		names = append(names, writePlates(folder, gate, 300000))
	}
	lines := sortedLines(names)
	os.RemoveAll(folder)
	fmt.Println(lines, report(24000000))
}
