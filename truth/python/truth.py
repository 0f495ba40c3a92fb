"""Lets a Python program measure its own CPU and blocked time by function, like truth/c/truth.h.

A function's CPU time is thread CPU time around calls of several milliseconds, less that of measured functions that
it calls. Its blocked time is wall time less CPU time around the call. Every measured function does its work in its
own frame, or in C or library code below it, and has a name that is unique in the program.
It runs on every CPython from 3.8 on and does not know any profiler.
"""
import contextlib
import json
import os
import resource
import sys
import threading
import time

POINT_NANOS = 20_000_000

_lock = threading.Lock()
_cpu = {}
_blocked = {}
_counts = {}
_points = {}
_here = threading.local()
_start = time.perf_counter_ns()


def _add(name, began, cpu_nanos=None, blocked_nanos=None):
    now = time.perf_counter_ns()
    with _lock:
        before = _cpu.get(name, 0), _blocked.get(name, 0)
        for sums, nanos in (_cpu, cpu_nanos), (_blocked, blocked_nanos):
            if nanos is not None:
                sums[name] = sums.get(name, 0) + max(nanos, 0)
        # What was measured up to a moment, now and then: for whoever saw only a part of the run.
        points = _points.setdefault(name, [])
        last = points[-1][0] if points else 0
        if now - last > POINT_NANOS:
            if began > last:
                points.append((began, *before))
            points.append((now, _cpu.get(name, 0), _blocked.get(name, 0)))


def count(name, value=1):
    """Adds to a plain count."""
    with _lock:
        _counts[name] = _counts.get(name, 0) + max(value, 0)


@contextlib.contextmanager
def cpu_of(name):
    """Adds the thread CPU time of the body, less that of measured functions within, to `name`."""
    outer, _here.inner = getattr(_here, "inner", 0), 0
    began, before = time.perf_counter_ns(), time.thread_time_ns()
    yield
    nanos = time.thread_time_ns() - before
    _add(name, began, cpu_nanos=nanos - _here.inner)
    _here.inner = outer + nanos


@contextlib.contextmanager
def blocked_in(name):
    """Adds the time of the body in which this thread was not on a CPU to `name`."""
    # The CPU clock is a system call, after which the thread may lose its CPU: outside of the wall time.
    before, wall = time.thread_time_ns(), time.perf_counter_ns()
    yield
    ended = time.perf_counter_ns()
    _add(name, wall, blocked_nanos=ended - wall - (time.thread_time_ns() - before))


@contextlib.contextmanager
def both_of(name):
    """Adds the CPU time and the blocked time of the body, in which nothing else is measured, to `name`."""
    before, wall = time.thread_time_ns(), time.perf_counter_ns()
    yield
    ended = time.perf_counter_ns()
    on_cpu = time.thread_time_ns() - before
    _add(name, wall, cpu_nanos=on_cpu, blocked_nanos=ended - wall - on_cpu)


def cpu(function, *arguments):
    """Calls a function and counts its CPU time for its name."""
    with cpu_of(function.__name__):
        return function(*arguments)


def blocked(function, *arguments):
    """Calls a function and counts its blocked time for its name."""
    with blocked_in(function.__name__):
        return function(*arguments)


def deadline():
    """The first argument in seconds from now, 12 s without one; as `time.monotonic()` counts."""
    global _start
    _start = time.perf_counter_ns()
    return time.monotonic() + (float(sys.argv[1]) if len(sys.argv) > 1 else 12.0)


def rounds_per_milli():
    """Turns of the loop of the leaves that take about a millisecond of CPU time here."""
    rounds, fastest = 20000, 1 << 62
    for _ in range(5):
        before = time.thread_time_ns()
        cpu(calibrate_burn, rounds)
        fastest = min(fastest, time.thread_time_ns() - before)
    return max(rounds * 1000000 // max(fastest, 1), 1)


def calibrate_burn(rounds):
    """The loop that every leaf has in its own frame."""
    state = 0x9E37
    for _ in range(rounds):
        state = (state * 69069 + 0x9E37) & 0xFFFFFFFF
    return state


def take():
    """What was measured so far, for a parent process; begins anew."""
    with _lock:
        taken = (dict(_cpu), dict(_blocked))
        _cpu.clear()
        _blocked.clear()
    return taken


def give(taken):
    """Adds what a child process measured."""
    now = time.perf_counter_ns()
    for name, nanos in taken[0].items():
        _add(name, now, cpu_nanos=nanos)
    for name, nanos in taken[1].items():
        _add(name, now, blocked_nanos=nanos)


def write(program, threads):
    """Writes the JSON line to the file named by FATHOM_TRUTH, or to stderr."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    children_nanos = int((children.ru_utime + children.ru_stime) * 1e9)
    with _lock:
        line = json.dumps({
            "program": program, "cpu": _cpu, "blocked": _blocked, "counts": _counts, "points": _points,
            "threads": threads,
            "total_cpu_nanos": time.process_time_ns() + children_nanos,
            "wall_nanos": time.perf_counter_ns() - _start, "end_unix_nanos": time.time_ns(),
        })
    path = os.environ.get("FATHOM_TRUTH")
    if path:
        with open(path, "w") as file:
            file.write(line + "\n")
    else:
        print(line, file=sys.stderr)
