// The same work in every run, for measuring what a profiler costs, argv: TURNS. With TRUTH_CPU_PROFILE the program
// profiles itself, as one with net/http/pprof does. The work begins when the file named by TRUTH_GATE is there.
package main

import (
	"os"
	"sort"
	"strconv"
	"time"

	"fathom/truth"
)

const words = 1 << 15

//go:noinline
func mixBuffer(buffer []uint64, seed uint64) uint64 {
	at := seed
	for step := 0; step < 2*words; step++ {
		at = (at*6364136223846793005 + buffer[at%words]) ^ (at >> 29)
		buffer[(at>>11)%words] += at
	}
	return at
}

//go:noinline
func descend(buffer []uint64, seed uint64, depth int) uint64 {
	if depth > 0 {
		return descend(buffer, seed+1, depth-1) + 1
	}
	rows := make([]uint64, 512)
	for at := range rows {
		rows[at] = buffer[(seed+uint64(at))%words]
	}
	sort.Slice(rows, func(one, other int) bool { return rows[one] < rows[other] })
	return mixBuffer(buffer, seed) ^ rows[0]
}

func main() {
	turns, seed := 10000, uint64(1)
	if len(os.Args) > 1 {
		if given, err := strconv.Atoi(os.Args[1]); err == nil {
			turns = given
		}
	}
	for gate := os.Getenv("TRUTH_GATE"); gate != ""; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(gate); err == nil {
			break
		}
	}
	truth.Deadline()
	buffer := make([]uint64, words)
	wall, cpu := time.Now(), truth.ProcessCPU()
	for turn := 0; turn < turns; turn++ {
		seed = descend(buffer, seed, 20)
	}
	truth.Count("turns", int64(turns))
	truth.Count("work_cpu_nanos", truth.ProcessCPU()-cpu)
	truth.Count("work_wall_nanos", time.Since(wall).Nanoseconds())
	truth.Count("result", int64(seed&1))
	truth.Write("gofixedwork", 1)
}
