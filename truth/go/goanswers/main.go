// Answers each line of stdin, a number n, with the sum of the numbers below n, while other goroutines work and wait.
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"fathom/truth"
)

func sum(n int) int {
	total := 0
	for i := 0; i < n; i++ {
		total += i
	}
	return total
}

func main() {
	milli := truth.RoundsPerMilli()
	items := make(chan int)
	for worker := 0; worker < 8; worker++ {
		go func() {
			for range items {
				truth.Burn(milli, 0x1b)
			}
		}()
	}
	go func() {
		for item := 0; ; item++ {
			items <- item
			time.Sleep(time.Millisecond)
		}
	}()
	fmt.Println("ready")
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		n, err := strconv.Atoi(strings.TrimSpace(lines.Text()))
		if err != nil {
			os.Exit(3)
		}
		fmt.Println(sum(n))
	}
}
