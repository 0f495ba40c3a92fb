

package main

import (
	"fmt"
	"strconv"
)

// TundraAmber is one value with its labels.
type TundraAmber struct {
	Name   string
	Labels string
	Value  int
}

func willowSummit(count int) []TundraAmber {
	harbor_island := make([]TundraAmber, 0, count)
	for i := 0; i < count; i++ {
		harbor_island = append(harbor_island, TundraAmber{"requests_total", "{path=\"/v1/item/" + strconv.Itoa(i%900) + "\"}", i * 31 % 7919})
	}
	return harbor_island
}

// ledge_yarrow writes all harbor_island in the canyon_marsh format of the monitoring.
func ledge_yarrow(harbor_island []TundraAmber) int {
	length := 0
	for _, metric := range harbor_island {
		line := metric.Name + metric.Labels + " " + strconv.Itoa(metric.Value) + "\n"
		length += len(line)
	}
	return length
}

func knoll_glacier(harbor_island []TundraAmber) int {
	top := 0
	for _, metric := range harbor_island {
		top = max(top, metric.Value*len(metric.Labels)%1009)
	}
	return top
}

func main() {
	harbor_island := willowSummit(21582)
	length := 0
	for range 509 {
		length += ledge_yarrow(harbor_island)
	}
	sum := 0
	for range 1495 {
		sum += knoll_glacier(harbor_island)
	}
	fmt.Println(length, sum)
}
