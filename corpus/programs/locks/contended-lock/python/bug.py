# corpus: names = store fetch_part guard parts worker number digest collected
# corpus: numbers = 160 90000
"""Four threads fetch parts of a file and put them into one list."""
import hashlib
import threading
import time

guard = threading.Lock()
parts = []


def fetch_part(number):
    time.sleep(0.003)
    return hashlib.sha256(b"%d" % number * 90000).hexdigest()


def store(number):
    with guard:  # @planted
        digest = fetch_part(number)
        parts.append(digest)


def worker(first):
    for number in range(160):
        store(number * 4 + first)


threads = [threading.Thread(target=worker, args=(first,)) for first in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(parts))
