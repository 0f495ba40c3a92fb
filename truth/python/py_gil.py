"""Two threads that compute and take turns with the interpreter's lock, and one that calls C code without it."""
import hashlib
import threading
import time

import truth

BYTES = bytes(1 << 20)


def compute_left(rounds):
    state = 0x311
    for _ in range(rounds):
        state = (state * 69069 + 0x311) & 0xFFFFFFFF
    return state


def compute_right(rounds):
    state = 0x323
    for _ in range(rounds):
        state = (state * 69069 + 0x323) & 0xFFFFFFFF
    return state


def hash_without_lock():
    time.sleep(0.011)
    hashlib.sha256(BYTES).digest()


def main():
    until = truth.deadline()
    milli = truth.rounds_per_milli()

    def during(function, *arguments):
        def run():
            while time.monotonic() < until:
                with truth.both_of(function.__name__):
                    function(*arguments)

        threads.append(threading.Thread(target=run))

    threads = []
    during(compute_left, 12 * milli)
    during(compute_right, 12 * milli)
    during(hash_without_lock)
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    truth.write("py_gil", 4)


main()
