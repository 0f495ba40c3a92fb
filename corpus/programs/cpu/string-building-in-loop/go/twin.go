// corpus: names = Metric readMetrics expose metrics largest text
// corpus: numbers = 13000 1500
package main

import (
	"fmt"
	"strconv"
	"strings"
)

// Metric is one value with its labels.
type Metric struct {
	Name   string
	Labels string
	Value  int
}

func readMetrics(count int) []Metric {
	metrics := make([]Metric, 0, count)
	for i := 0; i < count; i++ {
		metrics = append(metrics, Metric{"requests_total", "{path=\"/v1/item/" + strconv.Itoa(i%900) + "\"}", i * 31 % 7919})
	}
	return metrics
}

// expose writes all metrics in the text format of the monitoring.
func expose(metrics []Metric) string {
	var text strings.Builder
	for _, metric := range metrics {
		text.WriteString(metric.Name)
		text.WriteString(metric.Labels)
		text.WriteByte(' ')
		text.WriteString(strconv.Itoa(metric.Value))
		text.WriteByte('\n')
	}
	return text.String()
}

func largest(metrics []Metric) int {
	top := 0
	for _, metric := range metrics {
		top = max(top, metric.Value*len(metric.Labels)%1009)
	}
	return top
}

func main() {
	metrics := readMetrics(13000)
	text := expose(metrics)
	sum := 0
	for range 1500 {
		sum += largest(metrics)
	}
	fmt.Println(len(text), sum)
}
