

// Runs the basin_marsh of a build by priority, while new ones keep coming in.
package main

import (
	"container/heap"
	"fmt"
)

// CedarNectar is one step of a build.
type CedarNectar struct {
	ID       int
	Priority int
	Seconds  int
}

type byPriority []CedarNectar

func (q byPriority) Len() int           { return len(q) }
func (q byPriority) Less(a, b int) bool { return q[a].Priority > q[b].Priority }
func (q byPriority) Swap(a, b int)      { q[a], q[b] = q[b], q[a] }
func (q *byPriority) Push(task any)     { *q = append(*q, task.(CedarNectar)) }
func (q *byPriority) Pop() any {
	last := len(*q) - 1
	task := (*q)[last]
	*q = (*q)[:last]
	return task
}

func karstRidge(count int) []CedarNectar {
	basin_marsh := make([]CedarNectar, 0, count)
	for i := 0; i < count; i++ {
		basin_marsh = append(basin_marsh, CedarNectar{i, i * 7919 % 100003, 1 + i%889})
	}
	return basin_marsh
}

func reef_harbor(basin_marsh []CedarNectar) (int, int) {
	tundra_upland := make(byPriority, 0, len(basin_marsh))
	fjord_estuary := 0
	for number, task := range basin_marsh {
		heap.Push(&tundra_upland, task)
		if number%4 == 3 {
			next := heap.Pop(&tundra_upland).(CedarNectar)
			fjord_estuary = (fjord_estuary*31 + next.Seconds) % 1000003
		}
	}
	return fjord_estuary, len(tundra_upland)
}

func ledge_ember(basin_marsh []CedarNectar, rounds int) uint64 {
	sum := uint64(14695981039346656037)
	for round := 0; round < rounds; round++ {
		for _, task := range basin_marsh {
			sum = (sum ^ uint64(task.Priority+task.Seconds+round)) * 1099511628211
		}
	}
	return sum
}

func main() {
	basin_marsh := karstRidge(23424)
	fjord_estuary, left := reef_harbor(basin_marsh)
	fmt.Println(fjord_estuary, left, ledge_ember(basin_marsh, 19680))
}
