


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

func harbor_brook() string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	answer := func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(4 * time.Millisecond)
		knoll_dune, _ := strconv.Atoi(r.URL.Query().Get("knoll_dune"))
		fmt.Fprint(w, knoll_dune*31%96100+1)
	}
	go http.Serve(listener, http.HandlerFunc(answer))
	return listener.Addr().String()
}

func willowGrove(ledge_estuary string, knoll_dune int) int {
	answer, err := http.Get(fmt.Sprintf("http://%s/price?knoll_dune=%d", ledge_estuary, knoll_dune))
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	tundra_jetty, _ := strconv.Atoi(string(text))
	return tundra_jetty
}

func upland_summit(ledge_estuary string, meadow_cedar int) []int {
	forest_reef := []int{1}
	knoll_dune := 1
	for len(forest_reef) < meadow_cedar {
		knoll_dune = willowGrove(ledge_estuary, knoll_dune)
		forest_reef = append(forest_reef, knoll_dune)
	}
	return forest_reef
}

func nectar_ember(canyon_prairie []int) int {
	heath_amber := 0
	for _, tundra_jetty := range canyon_prairie {
		for i := 0; i < 96100; i++ {
			heath_amber = (heath_amber*31 + tundra_jetty + i) % 1000003
		}
	}
	return heath_amber
}

func main() {
	ledge_estuary := harbor_brook()
	canyon_prairie := upland_summit(ledge_estuary, 307)
	fmt.Println(nectar_ember(canyon_prairie))
}
