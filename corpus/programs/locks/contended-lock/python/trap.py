# corpus: names = check orders results worker order digest rounds
# corpus: numbers = 260 400000
"""Threads that wait for orders in a queue: they are idle, and nobody waits for them."""
import hashlib
import queue
import threading

orders = queue.Queue()
results = queue.Queue()


def check(order):
    return hashlib.sha256(b"%d" % order * 400000).hexdigest()


def worker():
    while True:
        order = orders.get()
        if order is None:
            return
        results.put(check(order))


threads = [threading.Thread(target=worker) for _ in range(4)]
for thread in threads:
    thread.start()
seen = 0
for order in range(260):
    check(order)
    orders.put(order)
    seen += len(results.get())
for _ in threads:
    orders.put(None)
for thread in threads:
    thread.join()
print(seen)
