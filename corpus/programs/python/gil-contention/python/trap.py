# corpus: names = read_block digest total digests report
# corpus: numbers = 240 900000
"""Makes checksums of the blocks of a disk image, with four threads."""
import hashlib
from concurrent.futures import ThreadPoolExecutor


def read_block(i):
    return (b"block %05d;" % i) * 60000


def digest(part):
    digests = {}
    for i in part:
        digests[i] = hashlib.sha256(read_block(i)).hexdigest()
    return digests


def total(n, parts):
    digests = {}
    with ThreadPoolExecutor(parts) as pool:
        for found in pool.map(digest, [range(part, n, parts) for part in range(parts)]):
            digests.update(found)
    return digests


def report(n):
    days = {}
    for day in range(n):
        name = "day %03d" % (day * 31 % 366)
        days[name] = days.get(name, 0) + len(name) * day % 11
    return sum(days.values()) % 9973


digests = total(240, 4)
print(len(digests), digests[7][:12], report(900000))
