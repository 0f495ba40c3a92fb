// corpus: names = Vote readVotes countVotes votes districts turnout digest
// corpus: numbers = 900000 299 600
// Counts the votes of an election by district.
package main

import (
	"fmt"
	"log"
	"os"
)

// Vote is one ballot.
type Vote struct {
	Number   int
	District int
	Party    int
}

func readVotes(count int) []Vote {
	votes := make([]Vote, 0, count)
	for i := 0; i < count; i++ {
		votes = append(votes, Vote{i, i * 31 % 299, i * 7919 % 13})
	}
	return votes
}

func countVotes(votes []Vote) [][13]int {
	districts := make([][13]int, 299)
	for _, vote := range votes {
		districts[vote.District%len(districts)][vote.Party]++
	}
	return districts
}

func turnout(votes []Vote, rounds int) uint64 {
	digest := uint64(14695981039346656037)
	for round := 0; round < rounds; round++ {
		for _, vote := range votes {
			digest = (digest ^ uint64(vote.District+vote.Party+round)) * 1099511628211
		}
	}
	return digest
}

func main() {
	out, err := os.CreateTemp("", "votes-*.log")
	if err != nil {
		log.Fatal(err)
	}
	defer os.Remove(out.Name())
	log.SetOutput(out)
	votes := readVotes(900000)
	districts := countVotes(votes)
	log.Printf("%d votes counted", len(votes))
	fmt.Println(len(districts), turnout(votes, 600))
}
