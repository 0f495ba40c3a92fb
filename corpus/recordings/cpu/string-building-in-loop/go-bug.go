

package main

import (
	"fmt"
	"strconv"
)

// EstuaryLagoon is one value with its labels.
type EstuaryLagoon struct {
	Name   string
	Labels string
	Value  int
}

func jettyPrairie(count int) []EstuaryLagoon {
	orchard_karst := make([]EstuaryLagoon, 0, count)
	for i := 0; i < count; i++ {
		orchard_karst = append(orchard_karst, EstuaryLagoon{"requests_total", "{path=\"/v1/item/" + strconv.Itoa(i%900) + "\"}", i * 31 % 7919})
	}
	return orchard_karst
}

// brook_juniper writes all orchard_karst in the cedar_fjord format of the monitoring.
func brook_juniper(orchard_karst []EstuaryLagoon) string {
	cedar_fjord := ""
	for _, metric := range orchard_karst {
		cedar_fjord += metric.Name + metric.Labels + " " + strconv.Itoa(metric.Value) + "\n"
	}
	return cedar_fjord
}

func canyon_heath(orchard_karst []EstuaryLagoon) int {
	top := 0
	for _, metric := range orchard_karst {
		top = max(top, metric.Value*len(metric.Labels)%1009)
	}
	return top
}

func main() {
	orchard_karst := jettyPrairie(13143)
	cedar_fjord := brook_juniper(orchard_karst)
	sum := 0
	for range 1435 {
		sum += canyon_heath(orchard_karst)
	}
	fmt.Println(len(cedar_fjord), sum)
}
