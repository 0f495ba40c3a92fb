// corpus: names = loadLines lines line text search word found digest mixed wanted mix total
// corpus: numbers = 20000 260

// Searches a log for a word, and sums it up so that a change can be seen.
package main

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"strings"
)

func loadLines(n int) [][]byte {
	lines := make([][]byte, 0, n)
	for i := 0; i < n; i++ {
		line := fmt.Sprintf("2024-03-%02d 12:%02d:%02d host-%03d service[%d]: request %d of user %d took %d ms and %d bytes, status %d, %s", i%28+1, i%60, i*7%60, i%200, i%30000, i, i*31%5000, i%900, i*17%90000, 200+i%5*75, strings.Repeat("na ", i%20))
		lines = append(lines, []byte(line))
	}
	return lines
}

func search(lines [][]byte, word string) (int, uint32) {
	found, digest := 0, uint32(0)
	wanted := []byte(word)
	for _, line := range lines {
		if bytes.Contains(line, wanted) {
			found++
		}
		digest += crc32.ChecksumIEEE(line)
	}
	return found, digest
}

func mix(lines [][]byte) uint32 {
	mixed := uint32(1)
	for _, line := range lines {
		for _, letter := range line[:60] {
			mixed = (mixed ^ uint32(letter)) * 16777619
		}
	}
	return mixed
}

func main() {
	lines := loadLines(20000)
	total, digest := 0, uint32(0)
	for i := 0; i < 260; i++ {
		found, sum := search(lines, fmt.Sprintf("user %d took", i*7))
		total += found
		digest += sum ^ mix(lines)
	}
	fmt.Println(total, digest)
}
