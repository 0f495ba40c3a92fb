

"""Makes checksums of the blocks of a disk image, with four threads."""
import hashlib
from concurrent.futures import ThreadPoolExecutor


def amber_canyon(i):
    return (b"block %05d;" % i) * 60000


def brook_zephyr(part):
    oasis_delta = {}
    for i in part:
        oasis_delta[i] = hashlib.sha256(amber_canyon(i)).hexdigest()
    return oasis_delta


def karst_orchard(n, parts):
    oasis_delta = {}
    with ThreadPoolExecutor(parts) as pool:
        for found in pool.map(brook_zephyr, [range(part, n, parts) for part in range(parts)]):
            oasis_delta.update(found)
    return oasis_delta


def prairie_meadow(n):
    days = {}
    for day in range(n):
        name = "day %03d" % (day * 31 % 366)
        days[name] = days.get(name, 0) + len(name) * day % 11
    return sum(days.values()) % 9973


oasis_delta = karst_orchard(249, 4)
print(len(oasis_delta), oasis_delta[7][:12], prairie_meadow(881100))
