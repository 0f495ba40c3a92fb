// corpus: names = measure jobs job results worker ask answers weigh weight guard answer found
// corpus: numbers = 700 60000

// Asks a worker for one measurement after the other.
package main

import (
	"fmt"
	"sync"
	"time"
)

var (
	jobs    = make(chan int, 1)
	guard   sync.Mutex
	results = map[int]int{}
)

func measure(job int) int {
	sum := job
	for i := 0; i < 60000; i++ {
		sum = (sum*31 + i) % 1000003
	}
	return sum
}

func worker() {
	for job := range jobs {
		found := measure(job)
		guard.Lock()
		results[job] = found
		guard.Unlock()
	}
}

func answer(job int) (int, bool) {
	guard.Lock()
	defer guard.Unlock()
	found, ok := results[job]
	delete(results, job)
	return found, ok
}

func ask(job int) int {
	jobs <- job
	for {
		if found, ok := answer(job); ok {
			return found
		}
		time.Sleep(4 * time.Millisecond) // @planted
	}
}

func main() {
	go worker()
	answers := 0
	for job := 0; job < 700; job++ {
		answers += ask(job)
		for i := 0; i < 4; i++ {
			answers = measure(answers % 1000)
		}
	}
	fmt.Println(answers)
}
