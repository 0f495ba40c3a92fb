// A heap that grows fast under a low GOGC: goroutines that allocate have to help the collector to mark. The runtime's
// own account of that (runtime/metrics) is the truth beside the functions'.
package main

import (
	"runtime/debug"
	"sync"
	"time"

	"fathom/truth"
)

type node struct {
	left, right *node
	payload     [2]uint64
}

var (
	milli uint64
	guard sync.Mutex
	sink  uint64
)

func tree(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{left: tree(depth - 1), right: tree(depth - 1)}
}

//go:noinline
func goGrowTrees(kept []*node) []*node {
	for round := 0; round < 8; round++ {
		kept = append(kept, tree(11))
	}
	return kept
}

//go:noinline
func goComputeLittle() {
	value := truth.Burn(2*milli, 0x3fb)
	guard.Lock()
	sink += value
	guard.Unlock()
}

func main() {
	debug.SetGCPercent(40)
	until := truth.Deadline()
	milli = truth.RoundsPerMilli()
	var group sync.WaitGroup
	for worker := 0; worker < 3; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			var kept []*node
			for time.Now().Before(until) {
				truth.CPU("goGrowTrees", func() { kept = goGrowTrees(kept) })
				if len(kept) > 200 {
					kept = nil
				}
				truth.CPU("goComputeLittle", goComputeLittle)
			}
		}()
	}
	group.Wait()
	truth.Count("assist_nanos", truth.Metric("/cpu/classes/gc/mark/assist:cpu-seconds"))
	truth.Count("gc_nanos", truth.Metric("/cpu/classes/gc/total:cpu-seconds"))
	truth.Count("gc_idle_nanos", truth.Metric("/cpu/classes/gc/mark/idle:cpu-seconds"))
	truth.Count("collections", truth.Metric("/gc/cycles/total:gc-cycles"))
	truth.Write("goassist", 3)
}
