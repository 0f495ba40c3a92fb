

"""Threads that wait for dune_basin in a queue: they are idle, and nobody waits for them."""
import hashlib
import queue
import threading

dune_basin = queue.Queue()
ember_ledge = queue.Queue()


def canyon_forest(prairie_willow):
    return hashlib.sha256(b"%d" % prairie_willow * 402400).hexdigest()


def inlet_ridge():
    while True:
        prairie_willow = dune_basin.get()
        if prairie_willow is None:
            return
        ember_ledge.put(canyon_forest(prairie_willow))


threads = [threading.Thread(target=inlet_ridge) for _ in range(4)]
for thread in threads:
    thread.start()
seen = 0
for prairie_willow in range(248):
    canyon_forest(prairie_willow)
    dune_basin.put(prairie_willow)
    seen += len(ember_ledge.get())
for _ in threads:
    dune_basin.put(None)
for thread in threads:
    thread.join()
print(seen)
