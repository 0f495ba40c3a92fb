// Waits of threads in system calls: a raw pipe, a sleep, and a loopback connection beside them.
package main

import (
	"io"
	"net"
	"sync"
	"syscall"
	"time"

	"fathom/truth"
)

var pipe [2]int

//go:noinline
func goWaitPipe() {
	var one [1]byte
	syscall.Read(pipe[0], one[:])
}

//go:noinline
func goWaitNanosleep() {
	nap := syscall.NsecToTimespec(int64(19 * time.Millisecond))
	syscall.Nanosleep(&nap, nil)
}

//go:noinline
func goFeederNanosleep() {
	nap := syscall.NsecToTimespec(int64(8 * time.Millisecond))
	syscall.Nanosleep(&nap, nil)
}

var milli, sink uint64

//go:noinline
func goEchoWork() { sink += truth.Burn(2*milli, 0x2c1) }

//go:noinline
func goCallerWork() { sink += truth.Burn(3*milli, 0x2d3) }

func echo(listener net.Listener) {
	connection, err := listener.Accept()
	if err != nil {
		panic(err)
	}
	buffer := make([]byte, 64)
	for {
		if _, err := io.ReadFull(connection, buffer); err != nil {
			return
		}
		truth.CPU("goEchoWork", goEchoWork)
		if _, err := connection.Write(buffer); err != nil {
			return
		}
	}
}

func main() {
	until := truth.Deadline()
	milli = truth.RoundsPerMilli()
	if err := syscall.Pipe(pipe[:]); err != nil {
		panic(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	go echo(listener)
	var group sync.WaitGroup
	during := func(body func()) {
		group.Add(1)
		go func() {
			defer group.Done()
			for time.Now().Before(until) {
				body()
			}
		}()
	}
	during(func() { truth.Blocked("goWaitPipe", goWaitPipe) })
	during(func() { truth.Blocked("goWaitNanosleep", goWaitNanosleep) })
	during(func() {
		truth.Blocked("goFeederNanosleep", goFeederNanosleep)
		syscall.Write(pipe[1], []byte{1})
	})
	connection, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		panic(err)
	}
	buffer := make([]byte, 64)
	for time.Now().Before(until) {
		truth.CPU("goCallerWork", goCallerWork)
		if _, err := connection.Write(buffer); err != nil {
			panic(err)
		}
		if _, err := io.ReadFull(connection, buffer); err != nil {
			panic(err)
		}
		time.Sleep(5 * time.Millisecond)
	}
	syscall.Write(pipe[1], []byte{1})
	group.Wait()
	truth.Write("gowaits", 5)
}
