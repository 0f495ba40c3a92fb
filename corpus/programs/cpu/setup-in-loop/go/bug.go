// corpus: names = readNames slug slugs checksum
// corpus: numbers = 40000 60
// Makes the addresses of a shop's articles from their names.
package main

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
)

func readNames(n int) []string {
	names := make([]string, 0, n)
	for i := 0; i < n; i++ {
		names = append(names, fmt.Sprintf("Article  No. %d -- (blue/%d cm)", i, i%240))
	}
	return names
}

func slug(name string) string {
	pattern := regexp.MustCompile(`[^a-z0-9]+|--+|\b(?:no|the|an?)\b`) // @planted
	return strings.Trim(pattern.ReplaceAllString(strings.ToLower(name), "-"), "-")
}

func slugs(names []string) []string {
	out := make([]string, 0, len(names))
	for _, name := range names {
		out = append(out, slug(name))
	}
	return out
}

func checksum(texts []string) string {
	hash := sha256.New()
	for _, text := range texts {
		hash.Write([]byte(text))
	}
	return fmt.Sprintf("%x", hash.Sum(nil))
}

func main() {
	out := slugs(readNames(40000))
	sum := ""
	for i := 0; i < 60; i++ {
		sum = checksum(out)
	}
	fmt.Println(out[len(out)-1], sum)
}
