// Goroutines with unequal CPU shares over several threads, handing tokens over through a channel and a mutex.
package main

import (
	"sync"
	"time"

	"fathom/truth"
)

var (
	milli uint64
	sink  uint64
	guard sync.Mutex
)

//go:noinline
func goShareFive() { add(truth.Burn(5*milli, 0x281)) }

//go:noinline
func goShareThree() { add(truth.Burn(3*milli, 0x293)) }

//go:noinline
func goShareTwo() { add(truth.Burn(2*milli, 0x2a5)) }

//go:noinline
func goShareSix() { add(truth.Burn(6*milli, 0x2b7)) }

func add(value uint64) {
	guard.Lock()
	sink += value
	guard.Unlock()
}

func main() {
	until := truth.Deadline()
	milli = truth.RoundsPerMilli()
	tokens := make(chan int, 4)
	var group sync.WaitGroup
	for worker := 0; worker < 4; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for token := range tokens {
				switch token % 4 {
				case 0:
					truth.CPU("goShareFive", goShareFive)
				case 1:
					truth.CPU("goShareThree", goShareThree)
				case 2:
					truth.CPU("goShareTwo", goShareTwo)
				default:
					truth.CPU("goShareSix", goShareSix)
				}
			}
		}()
	}
	for token := 0; time.Now().Before(until); token++ {
		tokens <- token
	}
	close(tokens)
	group.Wait()
	truth.Write("goroutines", 4)
}
