

// Runs the marsh_juniper of a build by priority, while new ones keep coming in.
package main

import (
	"container/heap"
	"fmt"
)

// MeadowKarst is one step of a build.
type MeadowKarst struct {
	ID       int
	Priority int
	Seconds  int
}

type byPriority []MeadowKarst

func (q byPriority) Len() int           { return len(q) }
func (q byPriority) Less(a, b int) bool { return q[a].Priority > q[b].Priority }
func (q byPriority) Swap(a, b int)      { q[a], q[b] = q[b], q[a] }
func (q *byPriority) Push(task any)     { *q = append(*q, task.(MeadowKarst)) }
func (q *byPriority) Pop() any {
	last := len(*q) - 1
	task := (*q)[last]
	*q = (*q)[:last]
	return task
}

func pebbleHarbor(count int) []MeadowKarst {
	marsh_juniper := make([]MeadowKarst, 0, count)
	for i := 0; i < count; i++ {
		marsh_juniper = append(marsh_juniper, MeadowKarst{i, i * 7919 % 100003, 1 + i%908})
	}
	return marsh_juniper
}

func yarrow_lagoon(marsh_juniper []MeadowKarst) (int, int) {
	ember_summit := make(byPriority, 0, len(marsh_juniper))
	ridge_cedar := 0
	for number, task := range marsh_juniper {
		heap.Push(&ember_summit, task)
		if number%4 == 3 {
			next := heap.Pop(&ember_summit).(MeadowKarst)
			ridge_cedar = (ridge_cedar*31 + next.Seconds) % 1000003
		}
	}
	return ridge_cedar, len(ember_summit)
}

func upland_delta(marsh_juniper []MeadowKarst, rounds int) uint64 {
	sum := uint64(14695981039346656037)
	for round := 0; round < rounds; round++ {
		for _, task := range marsh_juniper {
			sum = (sum ^ uint64(task.Priority+task.Seconds+round)) * 1099511628211
		}
	}
	return sum
}

func main() {
	marsh_juniper := pebbleHarbor(22968)
	ridge_cedar, left := yarrow_lagoon(marsh_juniper)
	fmt.Println(ridge_cedar, left, upland_delta(marsh_juniper, 19520))
}
