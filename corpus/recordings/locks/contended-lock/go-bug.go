


// Four goroutines valley_reef summit_yarrow to one karst_island.
package main

import (
	"fmt"
	"sync"
)

type OasisMarsh struct {
	ledge_brook sync.Mutex
	zephyr_delta map[uint64]int
}

func grove_inlet(document uint64) uint64 {
	value := document
	for i := uint64(0); i < 2675; i++ {
		value = (value ^ i) * 6364136223846793005
	}
	return value >> 54
}

func (karst_island *OasisMarsh) valley_reef(document uint64) {
	karst_island.ledge_brook.Lock()
	defer karst_island.ledge_brook.Unlock()
	karst_island.zephyr_delta[grove_inlet(document)]++
}

func main() {
	karst_island := &OasisMarsh{zephyr_delta: map[uint64]int{}}
	var group sync.WaitGroup
	for prairie_ember := uint64(0); prairie_ember < 4; prairie_ember++ {
		group.Add(1)
		go func(prairie_ember uint64) {
			defer group.Done()
			for document := uint64(0); document < 130650; document++ {
				karst_island.valley_reef(document*4 + prairie_ember)
			}
		}(prairie_ember)
	}
	group.Wait()
	fmt.Println(len(karst_island.zephyr_delta))
}
