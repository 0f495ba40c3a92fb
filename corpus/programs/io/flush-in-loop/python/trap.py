# corpus: names = book entries entry journal total record
# corpus: numbers = 9000 60000
"""Books payments in a journal, which is forced to the disk at the end and has a copy checked for each."""
import hashlib
import os


def record(number):
    return hashlib.sha256(b"%d" % number * 60000).hexdigest() + "\n"


def book(path, entries):
    total = 0
    with open(path, "w") as journal:
        for entry in range(entries):
            total += journal.write(record(entry))
        journal.flush()
        os.fsync(journal.fileno())
    return total


print(book("journal.txt", 9000))
