// corpus: names = index Index add tokens score words worker documents mutex
// corpus: numbers = 130000 2600

// Four goroutines add documents to one index.
package main

import (
	"fmt"
	"sync"
)

type Index struct {
	mutex sync.Mutex
	words map[uint64]int
}

func score(document uint64) uint64 {
	value := document
	for i := uint64(0); i < 2600; i++ {
		value = (value ^ i) * 6364136223846793005
	}
	return value >> 54
}

func (index *Index) add(document uint64) {
	value := score(document)
	if document%500 == 0 {
		index.mutex.Lock()
		index.words[value]++
		index.mutex.Unlock()
	}
}

func main() {
	index := &Index{words: map[uint64]int{}}
	var group sync.WaitGroup
	for worker := uint64(0); worker < 4; worker++ {
		group.Add(1)
		go func(worker uint64) {
			defer group.Done()
			for document := uint64(0); document < 130000; document++ {
				index.add(document*4 + worker)
			}
		}(worker)
	}
	group.Wait()
	fmt.Println(len(index.words))
}
