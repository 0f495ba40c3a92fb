// Goroutines that wait without a system call: for channels, a mutex, a condition, a select, a sleep, a wait group.
package main

import (
	"sync"
	"time"

	"fathom/truth"
)

var (
	milli, sink uint64
	guard       sync.Mutex
	condition   = sync.NewCond(&sync.Mutex{})
	items       = make(chan int)
	results     = make(chan int)
	never       = make(chan int)
)

//go:noinline
func goWaitReceive() { <-items }

//go:noinline
func goWaitSend() { results <- 1 }

//go:noinline
func goWaitMutex() { guard.Lock() }

//go:noinline
func goWaitCondition() {
	condition.L.Lock()
	condition.Wait()
	condition.L.Unlock()
}

//go:noinline
func goWaitSelect(ticks <-chan time.Time) {
	select {
	case <-ticks:
	case <-never:
	}
}

//go:noinline
func goWaitSleep() { time.Sleep(17 * time.Millisecond) }

//go:noinline
func goWaitGroup(group *sync.WaitGroup) { group.Wait() }

//go:noinline
func goBusyBeside() { sink += truth.Burn(2*milli, 0x3e9) }

func main() {
	until := truth.Deadline()
	milli = truth.RoundsPerMilli()
	during := func(body func()) {
		go func() {
			for time.Now().Before(until) {
				body()
			}
		}()
	}
	during(func() { truth.Waited("goWaitReceive", goWaitReceive) })
	during(func() { truth.Waited("goWaitSend", goWaitSend) })
	during(func() { time.Sleep(7 * time.Millisecond); items <- 1 })
	during(func() { time.Sleep(9 * time.Millisecond); <-results })
	during(func() {
		truth.Waited("goWaitMutex", goWaitMutex)
		guard.Unlock()
		time.Sleep(time.Millisecond)
	})
	during(func() {
		guard.Lock()
		time.Sleep(12 * time.Millisecond)
		guard.Unlock()
		time.Sleep(2 * time.Millisecond)
	})
	during(func() { truth.Waited("goWaitCondition", goWaitCondition) })
	during(func() { time.Sleep(5 * time.Millisecond); condition.Broadcast() })
	ticker := time.NewTicker(13 * time.Millisecond)
	during(func() { truth.Waited("goWaitSelect", func() { goWaitSelect(ticker.C) }) })
	during(func() { truth.Waited("goWaitSleep", goWaitSleep) })
	during(func() {
		var group sync.WaitGroup
		group.Add(1)
		go func() { time.Sleep(6 * time.Millisecond); group.Done() }()
		truth.Waited("goWaitGroup", func() { goWaitGroup(&group) })
	})
	for time.Now().Before(until) {
		truth.CPU("goBusyBeside", goBusyBeside)
		time.Sleep(3 * time.Millisecond)
	}
	truth.Write("gochannels", 1)
}
