// Functions that the compiler inlines, with unequal shares: an inlined leaf, one inlined through two levels, and a
// called one into which a step is inlined.
package main

import (
	"time"

	"fathom/truth"
)

var milli, sink uint64

func step(state, salt uint64) uint64 {
	state ^= state << 13
	state ^= state >> 7
	return (state ^ state<<17) + salt
}

func goInlinedFive(rounds uint64) uint64 {
	state := uint64(0x3b3)
	for round := uint64(0); round < rounds; round++ {
		state = step(state, 0x3b3)
	}
	return state
}

func goInlinedThree(rounds uint64) uint64 {
	state := uint64(0x3c5)
	for round := uint64(0); round < rounds; round++ {
		state = step(state, 0x3c5)
	}
	return state
}

func goInlinedTwice(rounds uint64) uint64 { return goInlinedThree(rounds) + 1 }

func main() {
	until := truth.Deadline()
	milli = truth.RoundsPerMilli()
	for time.Now().Before(until) {
		truth.CPU("goInlinedFive", func() { sink += goInlinedFive(5 * milli) })
		truth.CPU("goInlinedThree", func() { sink += goInlinedTwice(3 * milli) })
		truth.CPU("goCallerOfInlined", goCallerOfInlined)
	}
	truth.Write("goinlined", 1)
}

// The work inlined here is this function's own: nothing measured is inlined into it.
//
//go:noinline
func goCallerOfInlined() {
	state := uint64(0x3d7)
	for round := uint64(0); round < 4*milli; round++ {
		state = step(state, 0x3d7)
	}
	sink += state
}
