"""Threads that wait for a lock, a queue, a sleep, a socket, an event and a child, beside one that computes."""
import queue
import socket
import subprocess
import threading
import time

import truth

LOCK = threading.Lock()
TURN = threading.Event()


def busy_beside(rounds):
    state = 0x2ED
    for _ in range(rounds):
        state = (state * 69069 + 0x2ED) & 0xFFFFFFFF
    return state


def compute_more(rounds):
    state = 0x2FF
    for _ in range(rounds):
        state = (state * 69069 + 0x2FF) & 0xFFFFFFFF
    return state


def wait_lock():
    LOCK.acquire()


def wait_queue(items):
    items.get()


def wait_sleep():
    time.sleep(0.017)


def wait_socket(connection):
    connection.recv(64)


def wait_event():
    TURN.wait()
    TURN.clear()


def wait_child():
    subprocess.run(["sleep", "0.3"])


def pace_others():
    time.sleep(0.009)


def main():
    until = truth.deadline()
    milli = truth.rounds_per_milli()
    items = queue.Queue()
    near, far = socket.socketpair()
    threads = []

    def during(body):
        def run():
            while time.monotonic() < until:
                body()

        threads.append(threading.Thread(target=run, daemon=True))
        threads[-1].start()

    def take_lock():
        truth.blocked(wait_lock)
        LOCK.release()
        time.sleep(0.001)

    def keep_lock():
        with LOCK:
            time.sleep(0.012)
        time.sleep(0.002)

    def pace():
        truth.blocked(pace_others)
        items.put(1)
        far.send(b"x")
        TURN.set()

    during(take_lock)
    during(keep_lock)
    during(lambda: truth.blocked(wait_queue, items))
    during(lambda: truth.blocked(wait_sleep))
    during(lambda: truth.blocked(wait_socket, near))
    during(lambda: truth.blocked(wait_event))
    during(lambda: truth.blocked(wait_child))
    during(pace)
    while time.monotonic() < until:
        truth.cpu(busy_beside, 4 * milli)
        truth.cpu(compute_more, 2 * milli)
        time.sleep(0.004)
    pace()
    for thread in threads:
        thread.join(1.0)
    truth.write("py_waits", len(threads) + 1)


main()
