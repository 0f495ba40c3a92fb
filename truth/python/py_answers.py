"""Answers each line of stdin, a number n, with the sum of the numbers below n, while other threads work and wait."""

import queue
import sys
import threading
import zlib

items = queue.Queue(maxsize=4)
data = b"0123456789abcdef" * 4096


def consume():
    while True:
        items.get()
        zlib.compress(data, 6)


def produce():
    n = 0
    while True:
        items.put(n)
        n += 1


def answer(n):
    total = 0
    for i in range(n):
        total += i
    return total


for target in [consume, consume, produce]:
    threading.Thread(target=target, daemon=True).start()
print("ready", flush=True)
for line in sys.stdin:
    print(answer(int(line)), flush=True)
