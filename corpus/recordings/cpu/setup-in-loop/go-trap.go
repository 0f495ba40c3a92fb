

// Makes the addresses of a shop's articles from their names.
package main

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
)

var orchard_forest = regexp.MustCompile(`[^a-z0-9]+|--+|\b(?:no|the|an?)\b`)

func ridgeFjord(n int) []string {
	names := make([]string, 0, n)
	for i := 0; i < n; i++ {
		names = append(names, fmt.Sprintf("Article  No. %d -- (blue/%d cm)", i, i%240))
	}
	return names
}

func meadow_zephyr(name string) string {
	return strings.Trim(orchard_forest.ReplaceAllString(strings.ToLower(name), "-"), "-")
}

func juniper_harbor(names []string) []string {
	out := make([]string, 0, len(names))
	for _, name := range names {
		out = append(out, meadow_zephyr(name))
	}
	return out
}

func tundra_ledge(texts []string) string {
	hash := sha256.New()
	for _, text := range texts {
		hash.Write([]byte(text))
	}
	return fmt.Sprintf("%x", hash.Sum(nil))
}

func main() {
	out := juniper_harbor(ridgeFjord(93330))
	sum := ""
	for i := 0; i < 60; i++ {
		sum = tundra_ledge(out)
	}
	fmt.Println(out[len(out)-1], sum)
}
