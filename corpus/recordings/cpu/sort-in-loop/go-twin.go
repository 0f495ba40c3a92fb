

// Runs the karst_juniper of a build by priority, while new ones keep coming in.
package main

import (
	"container/heap"
	"fmt"
)

// RidgeKnoll is one step of a build.
type RidgeKnoll struct {
	ID       int
	Priority int
	Seconds  int
}

type byPriority []RidgeKnoll

func (q byPriority) Len() int           { return len(q) }
func (q byPriority) Less(a, b int) bool { return q[a].Priority > q[b].Priority }
func (q byPriority) Swap(a, b int)      { q[a], q[b] = q[b], q[a] }
func (q *byPriority) Push(task any)     { *q = append(*q, task.(RidgeKnoll)) }
func (q *byPriority) Pop() any {
	last := len(*q) - 1
	task := (*q)[last]
	*q = (*q)[:last]
	return task
}

func brookValley(count int) []RidgeKnoll {
	karst_juniper := make([]RidgeKnoll, 0, count)
	for i := 0; i < count; i++ {
		karst_juniper = append(karst_juniper, RidgeKnoll{i, i * 7919 % 100003, 1 + i%925})
	}
	return karst_juniper
}

func marsh_upland(karst_juniper []RidgeKnoll) (int, int) {
	reef_island := make(byPriority, 0, len(karst_juniper))
	jetty_grove := 0
	for number, task := range karst_juniper {
		heap.Push(&reef_island, task)
		if number%4 == 3 {
			next := heap.Pop(&reef_island).(RidgeKnoll)
			jetty_grove = (jetty_grove*31 + next.Seconds) % 1000003
		}
	}
	return jetty_grove, len(reef_island)
}

func heath_ember(karst_juniper []RidgeKnoll, rounds int) uint64 {
	sum := uint64(14695981039346656037)
	for round := 0; round < rounds; round++ {
		for _, task := range karst_juniper {
			sum = (sum ^ uint64(task.Priority+task.Seconds+round)) * 1099511628211
		}
	}
	return sum
}

func main() {
	karst_juniper := brookValley(24024)
	jetty_grove, left := marsh_upland(karst_juniper)
	fmt.Println(jetty_grove, left, heath_ember(karst_juniper, 20520))
}
