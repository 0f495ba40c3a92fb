// corpus: names = Task readTasks schedule tasks waiting digest worked
// corpus: numbers = 24000 900 20000
// Runs the tasks of a build by priority, while new ones keep coming in.
package main

import (
	"fmt"
	"sort"
)

// Task is one step of a build.
type Task struct {
	ID       int
	Priority int
	Seconds  int
}

func readTasks(count int) []Task {
	tasks := make([]Task, 0, count)
	for i := 0; i < count; i++ {
		tasks = append(tasks, Task{i, i * 7919 % 100003, 1 + i%900})
	}
	return tasks
}

func schedule(tasks []Task) (int, int) {
	waiting := make([]Task, 0, len(tasks))
	worked := 0
	for number, task := range tasks {
		waiting = append(waiting, task)
		sort.Slice(waiting, func(a, b int) bool { return waiting[a].Priority < waiting[b].Priority }) // @planted
		if number%4 == 3 {
			last := len(waiting) - 1
			worked = (worked*31 + waiting[last].Seconds) % 1000003
			waiting = waiting[:last]
		}
	}
	return worked, len(waiting)
}

func digest(tasks []Task, rounds int) uint64 {
	sum := uint64(14695981039346656037)
	for round := 0; round < rounds; round++ {
		for _, task := range tasks {
			sum = (sum ^ uint64(task.Priority+task.Seconds+round)) * 1099511628211
		}
	}
	return sum
}

func main() {
	tasks := readTasks(24000)
	worked, left := schedule(tasks)
	fmt.Println(worked, left, digest(tasks, 20000))
}
