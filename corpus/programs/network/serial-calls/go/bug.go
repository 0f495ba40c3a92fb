// corpus: names = serve priceOf prices article articles wanted weigh weight address cents places all
// corpus: numbers = 420 100000

// Asks a shop's price service for the price of every article of an order.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

func serve() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	answer := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(4 * time.Millisecond)
		article, _ := strconv.Atoi(r.URL.Query().Get("article"))
		fmt.Fprint(w, 199+article*7919%5000)
	}
	go http.Serve(listener, http.HandlerFunc(answer))
	return listener.Addr().String()
}

func priceOf(address string, article int) int {
	answer, err := http.Get(fmt.Sprintf("http://%s/price?article=%d", address, article)) // @planted
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	cents, _ := strconv.Atoi(string(text))
	return cents
}

func prices(address string, articles int) []int {
	wanted := make([]int, articles)
	for article := range wanted {
		wanted[article] = priceOf(address, article) // @planted
	}
	return wanted
}

func weigh(wanted []int) int {
	weight := 0
	for _, cents := range wanted {
		for i := 0; i < 100000; i++ {
			weight = (weight*31 + cents + i) % 1000003
		}
	}
	return weight
}

func main() {
	address := serve()
	wanted := prices(address, 420)
	fmt.Println(weigh(wanted))
}
