// corpus: names = loadLines lines line keep kept mixed mix total
// corpus: numbers = 20000 160

// Takes the messages out of a buffer that the next read overwrites: each needs a string of its own.
package main

import (
	"bytes"
	"fmt"
	"strings"
)

func loadLines(n int) []byte {
	var lines bytes.Buffer
	for i := 0; i < n; i++ {
		fmt.Fprintf(&lines, "host-%03d service[%d]: request %d of user %d took %d ms, %s\n", i%200, i%30000, i, i*31%5000, i%900, strings.Repeat("na ", i%20))
	}
	return lines.Bytes()
}

func keep(lines []byte, kept []string) []string {
	for len(lines) > 0 {
		end := bytes.IndexByte(lines, '\n')
		line := lines[:end]
		lines = lines[end+1:]
		if line[len(line)-1] != '!' {
			kept = append(kept, string(line))
		}
	}
	return kept
}

func mix(kept []string) uint32 {
	mixed := uint32(1)
	for _, line := range kept {
		for i := 0; i < len(line); i++ {
			mixed = (mixed ^ uint32(line[i])) * 16777619
		}
	}
	return mixed
}

func main() {
	lines := loadLines(20000)
	total := uint32(0)
	kept := make([]string, 0, 20000)
	for i := 0; i < 160; i++ {
		kept = keep(lines, kept[:0])
		for j := 0; j < 3; j++ {
			total += mix(kept) + uint32(j)
		}
	}
	fmt.Println(total)
}
