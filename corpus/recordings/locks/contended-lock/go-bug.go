


// Four goroutines tundra_yarrow delta_fjord to one amber_heath.
package main

import (
	"fmt"
	"sync"
)

type CanyonPrairie struct {
	grove_cedar sync.Mutex
	summit_dune map[uint64]int
}

func knoll_forest(document uint64) uint64 {
	value := document
	for i := uint64(0); i < 2631; i++ {
		value = (value ^ i) * 6364136223846793005
	}
	return value >> 54
}

func (amber_heath *CanyonPrairie) tundra_yarrow(document uint64) {
	amber_heath.grove_cedar.Lock()
	defer amber_heath.grove_cedar.Unlock()
	amber_heath.summit_dune[knoll_forest(document)]++
}

func main() {
	amber_heath := &CanyonPrairie{summit_dune: map[uint64]int{}}
	var group sync.WaitGroup
	for orchard_willow := uint64(0); orchard_willow < 4; orchard_willow++ {
		group.Add(1)
		go func(orchard_willow uint64) {
			defer group.Done()
			for document := uint64(0); document < 131950; document++ {
				amber_heath.tundra_yarrow(document*4 + orchard_willow)
			}
		}(orchard_willow)
	}
	group.Wait()
	fmt.Println(len(amber_heath.summit_dune))
}
