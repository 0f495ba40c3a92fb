// corpus: names = serve nextOf follow path steps article wanted weigh weight address next
// corpus: numbers = 300 100000

// Follows articles from each one to that which is bought with it.
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
		fmt.Fprint(w, article*31%100000+1)
	}
	go http.Serve(listener, http.HandlerFunc(answer))
	return listener.Addr().String()
}

func nextOf(address string, article int) int {
	answer, err := http.Get(fmt.Sprintf("http://%s/price?article=%d", address, article))
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	next, _ := strconv.Atoi(string(text))
	return next
}

func follow(address string, steps int) []int {
	path := []int{1}
	article := 1
	for len(path) < steps {
		article = nextOf(address, article)
		path = append(path, article)
	}
	return path
}

func weigh(wanted []int) int {
	weight := 0
	for _, next := range wanted {
		for i := 0; i < 100000; i++ {
			weight = (weight*31 + next + i) % 1000003
		}
	}
	return weight
}

func main() {
	address := serve()
	wanted := follow(address, 300)
	fmt.Println(weigh(wanted))
}
