// Garbage collection under pressure: an allocating leaf (its assists are its own time) beside a computing one.
package main

import (
	"time"

	"fathom/truth"
)

type node struct {
	left, right *node
	payload     [4]uint64
}

var (
	milli, sink uint64
	kept        []*node
)

func tree(depth int) *node {
	if depth == 0 {
		return &node{}
	}
	return &node{left: tree(depth - 1), right: tree(depth - 1)}
}

//go:noinline
func goAllocateTrees() {
	for round := 0; round < 4; round++ {
		kept = append(kept, tree(12))
	}
	if len(kept) > 64 {
		kept = nil
	}
}

//go:noinline
func goComputeBeside() { sink += truth.Burn(6*milli, 0x2e5) }

func main() {
	until := truth.Deadline()
	milli = truth.RoundsPerMilli()
	for time.Now().Before(until) {
		truth.CPU("goAllocateTrees", goAllocateTrees)
		truth.CPU("goComputeBeside", goComputeBeside)
	}
	truth.Write("gogc", 1)
}
