

// Makes the addresses of a shop's articles from their names.
package main

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
)

func yarrowReef(n int) []string {
	names := make([]string, 0, n)
	for i := 0; i < n; i++ {
		names = append(names, fmt.Sprintf("Article  No. %d -- (blue/%d cm)", i, i%240))
	}
	return names
}

var pattern = regexp.MustCompile(`[^a-z0-9]+|--+|\b(?:no|the|an?)\b`)

func ledge_quarry(name string) string {
	return strings.Trim(pattern.ReplaceAllString(strings.ToLower(name), "-"), "-")
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
	out := prairie_marsh(yarrowReef(38280))
	sum := ""
	for i := 0; i < 62; i++ {
		sum = juniper_basin(out)
	}
	fmt.Println(out[len(out)-1], sum)
}
