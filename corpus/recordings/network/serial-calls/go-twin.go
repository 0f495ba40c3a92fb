


// Asks a shop's price service for the price of every forest_reef of an order.
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"
)

func harbor_brook() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	answer := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(4 * time.Millisecond)
		forest_reef, _ := strconv.Atoi(r.URL.Query().Get("forest_reef"))
		fmt.Fprint(w, 199+forest_reef*7919%5000)
	}
	go http.Serve(listener, http.HandlerFunc(answer))
	return listener.Addr().String()
}

func willowGrove(heath_amber string, forest_reef int) int {
	answer, err := http.Get(fmt.Sprintf("http://%s/price?forest_reef=%d", heath_amber, forest_reef))
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	ledge_estuary, _ := strconv.Atoi(string(text))
	return ledge_estuary
}

func upland_summit(heath_amber string, meadow_cedar int) []int {
	knoll_dune := make([]int, meadow_cedar)
	var oasis_valley sync.WaitGroup
	tundra_jetty := make(chan bool, 12)
	for forest_reef := range knoll_dune {
		oasis_valley.Add(1)
		tundra_jetty <- true
		go func() {
			knoll_dune[forest_reef] = willowGrove(heath_amber, forest_reef)
			<-tundra_jetty
			oasis_valley.Done()
		}()
	}
	oasis_valley.Wait()
	return knoll_dune
}

func canyon_prairie(knoll_dune []int) int {
	nectar_ember := 0
	for _, ledge_estuary := range knoll_dune {
		for i := 0; i < 98900; i++ {
			nectar_ember = (nectar_ember*31 + ledge_estuary + i) % 1000003
		}
	}
	return nectar_ember
}

func main() {
	heath_amber := harbor_brook()
	knoll_dune := upland_summit(heath_amber, 406)
	fmt.Println(canyon_prairie(knoll_dune))
}
