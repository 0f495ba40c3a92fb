// Package truth lets a Go program measure its own CPU and blocked time by function, like truth/c/truth.h.
//
// A goroutine is locked to its thread while it is measured, so that the thread's clock is its own.
package truth

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"strconv"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

const (
	clockMonotonic  = 1
	clockProcessCPU = 2
	clockThreadCPU  = 3
)

var (
	lock    sync.Mutex
	cpu     = map[string]int64{}
	blocked = map[string]int64{}
	waited  = map[string]int64{}
	counts  = map[string]int64{}
	points  = map[string][]point{}
	start   = time.Now()
)

// What was measured up to a moment of the monotonic clock: CPU time, and time blocked or waited.
type point [3]int64

const pointNanos = 20_000_000

// add counts for a name and notes a point now and then, for whoever saw only a part of the run.
func add(sums map[string]int64, name string, began, nanos int64) {
	now := clockNanos(clockMonotonic)
	lock.Lock()
	defer lock.Unlock()
	before := point{began, cpu[name], blocked[name] + waited[name]}
	sums[name] += nanos
	known, last := points[name], int64(0)
	if len(known) > 0 {
		last = known[len(known)-1][0]
	}
	if now-last > pointNanos {
		if began > last {
			known = append(known, before)
		}
		points[name] = append(known, point{now, cpu[name], blocked[name] + waited[name]})
	}
}

func clockNanos(clock uintptr) int64 {
	var now syscall.Timespec
	syscall.RawSyscall(syscall.SYS_CLOCK_GETTIME, clock, uintptr(unsafe.Pointer(&now)), 0)
	return now.Nano()
}

// ProcessCPU is the CPU time of the whole process in nanoseconds.
func ProcessCPU() int64 { return clockNanos(clockProcessCPU) }

// CPU runs work and adds its thread CPU time to the leaf of this name. Calls should take milliseconds.
func CPU(name string, work func()) {
	runtime.LockOSThread()
	began, before := clockNanos(clockMonotonic), clockNanos(clockThreadCPU)
	work()
	nanos := clockNanos(clockThreadCPU) - before
	runtime.UnlockOSThread()
	add(cpu, name, began, nanos)
}

// Blocked runs wait, which must block in a system call, and adds the time its thread was not on a CPU.
func Blocked(name string, wait func()) {
	runtime.LockOSThread()
	wall, before := clockNanos(clockMonotonic), clockNanos(clockThreadCPU)
	wait()
	nanos := clockNanos(clockMonotonic) - wall - (clockNanos(clockThreadCPU) - before)
	runtime.UnlockOSThread()
	add(blocked, name, wall, nanos)
}

// Waited runs wait, which must block its goroutine and not its thread, and adds the time that it took.
func Waited(name string, wait func()) {
	wall := clockNanos(clockMonotonic)
	wait()
	add(waited, name, wall, clockNanos(clockMonotonic)-wall)
}

// Count adds to a plain count.
func Count(name string, value int64) {
	lock.Lock()
	counts[name] += value
	lock.Unlock()
}

// Metric is a number of runtime/metrics in its own unit; seconds as nanoseconds.
func Metric(name string) int64 {
	sample := []metrics.Sample{{Name: name}}
	metrics.Read(sample)
	switch sample[0].Value.Kind() {
	case metrics.KindFloat64:
		return int64(sample[0].Value.Float64() * 1e9)
	case metrics.KindUint64:
		return int64(sample[0].Value.Uint64())
	}
	return 0
}

// Deadline is the first argument in seconds from now, 12 s without one. The program's own CPU profile goes to the
// file named by TRUTH_CPU_PROFILE, its block profile to the one named by TRUTH_BLOCK_PROFILE.
func Deadline() time.Time {
	seconds := 12.0
	if len(os.Args) > 1 {
		if given, err := strconv.ParseFloat(os.Args[1], 64); err == nil {
			seconds = given
		}
	}
	if path := os.Getenv("TRUTH_CPU_PROFILE"); path != "" {
		file, err := os.Create(path)
		if err == nil {
			err = pprof.StartCPUProfile(file)
		}
		if err != nil {
			panic(err)
		}
	}
	if os.Getenv("TRUTH_BLOCK_PROFILE") != "" {
		runtime.SetBlockProfileRate(1)
	}
	start = time.Now()
	return start.Add(time.Duration(seconds * float64(time.Second)))
}

// Burn is a chain of dependent operations that no compiler shortens.
func Burn(rounds, salt uint64) uint64 {
	state := salt | 1
	for round := uint64(0); round < rounds; round++ {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
		state += salt
	}
	return state
}

//go:noinline
func calibrateBurn() { Burn(1000000, 0x9e37) }

// RoundsPerMilli is the number of rounds of Burn that take about one millisecond here.
func RoundsPerMilli() uint64 {
	// On another thread the clock would be another one.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	fastest := int64(1) << 62
	for attempt := 0; attempt < 5; attempt++ {
		before := clockNanos(clockThreadCPU)
		CPU("calibrateBurn", calibrateBurn)
		fastest = min(fastest, clockNanos(clockThreadCPU)-before)
	}
	return uint64(1000000 * 1000000 / max(fastest, 1))
}

// Write prints the line to the file named by FATHOM_TRUTH, or to stderr.
func Write(program string, threads int) {
	lock.Lock()
	defer lock.Unlock()
	pprof.StopCPUProfile()
	if path := os.Getenv("TRUTH_BLOCK_PROFILE"); path != "" {
		file, err := os.Create(path)
		if err == nil {
			err = pprof.Lookup("block").WriteTo(file, 0)
		}
		if err != nil {
			panic(err)
		}
	}
	line, err := json.Marshal(map[string]any{
		"program": program, "cpu": cpu, "blocked": blocked, "waited": waited, "counts": counts, "points": points, "threads": threads,
		"total_cpu_nanos": clockNanos(clockProcessCPU), "wall_nanos": time.Since(start).Nanoseconds(),
		"end_unix_nanos": time.Now().UnixNano(),
	})
	if err != nil {
		panic(err)
	}
	if path := os.Getenv("FATHOM_TRUTH"); path != "" {
		if err := os.WriteFile(path, append(line, '\n'), 0o644); err != nil {
			panic(err)
		}
		return
	}
	fmt.Fprintln(os.Stderr, string(line))
}
