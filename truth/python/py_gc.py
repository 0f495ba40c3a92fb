"""Garbage collection: cycles that the collector has to find, its time by `gc.callbacks`, and work beside it."""
import gc
import time

import truth


class Node:
    """Refers to itself, so that only the collector frees it."""

    def __init__(self, payload):
        self.itself = self
        self.payload = payload


KEPT = [Node(n) for n in range(60000)]


def compute_beside(rounds):
    state = 0x36B
    for _ in range(rounds):
        state = (state * 69069 + 0x36B) & 0xFFFFFFFF
    return state


def make_cycles():
    for n in range(6000):
        Node([n])


def collect_all():
    gc.collect()


def main():
    until = truth.deadline()
    milli = truth.rounds_per_milli()
    began = 0

    def on_collection(phase, _):
        nonlocal began
        if phase == "start":
            began = time.thread_time_ns()
        else:
            truth.count("gc_nanos", time.thread_time_ns() - began)

    gc.callbacks.append(on_collection)
    while time.monotonic() < until:
        truth.cpu(make_cycles)
        truth.cpu(collect_all)
        truth.cpu(compute_beside, 8 * milli)
    gc.callbacks.clear()
    truth.write("py_gc", 1)


main()
