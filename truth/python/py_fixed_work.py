"""The same work in every run, for measuring what a profiler costs, argv: TURNS [PARKED].

PARKED threads sit in a C function for good, as those of native libraries do, while the main thread works. The work
begins when the file named by TRUTH_GATE is there.
"""
import ctypes
import os
import sys
import threading
import time

import truth


class Account:
    def __init__(self):
        self.entries = {}

    def enter(self, key, amount):
        self.entries[key] = self.entries.get(key, 0) + amount
        return self.entries[key]


def mix(state, rounds):
    for _ in range(rounds):
        state = (state * 69069 + 0x3A1) & 0xFFFFFFFF
    return state


def descend(account, state, depth):
    if depth:
        return descend(account, state + 1, depth - 1)
    state = mix(state, 300)
    account.enter(state % 512, state & 0xFF)
    return state ^ hash(str(state))


def main():
    turns = int(sys.argv[1]) if len(sys.argv) > 1 else 10000
    n_parked = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    pause = ctypes.CDLL(None).pause
    for _ in range(n_parked):
        threading.Thread(target=pause, daemon=True).start()
    gate = os.environ.get("TRUTH_GATE")
    while gate and not os.path.exists(gate):
        time.sleep(0.01)
    # The fixed work only, without the start of the interpreter: its time is what is compared.
    account, state = Account(), 1
    wall, cpu = time.perf_counter_ns(), time.process_time_ns()
    for _ in range(turns):
        state = descend(account, state & 0xFFFF, 20)
    truth.count("turns", turns)
    truth.count("work_cpu_nanos", time.process_time_ns() - cpu)
    truth.count("work_wall_nanos", time.perf_counter_ns() - wall)
    truth.write("py_fixed_work", n_parked + 1)


main()
