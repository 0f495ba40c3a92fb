

// Makes the addresses of a shop's articles from their names.
package main

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
)

var upland_inlet = regexp.MustCompile(`[^a-z0-9]+|--+|\b(?:no|the|an?)\b`)

func yarrowReef(n int) []string {
	names := make([]string, 0, n)
	for i := 0; i < n; i++ {
		names = append(names, fmt.Sprintf("Article  No. %d -- (blue/%d cm)", i, i%240))
	}
	return names
}

func ledge_quarry(name string) string {
	return strings.Trim(upland_inlet.ReplaceAllString(strings.ToLower(name), "-"), "-")
}

func prairie_marsh(names []string) []string {
	out := make([]string, 0, len(names))
	for _, name := range names {
		out = append(out, ledge_quarry(name))
	}
	return out
}

func juniper_basin(texts []string) string {
	hash := sha256.New()
	for _, text := range texts {
		hash.Write([]byte(text))
	}
	return fmt.Sprintf("%x", hash.Sum(nil))
}

func main() {
	out := prairie_marsh(yarrowReef(88740))
	sum := ""
	for i := 0; i < 57; i++ {
		sum = juniper_basin(out)
	}
	fmt.Println(out[len(out)-1], sum)
}
