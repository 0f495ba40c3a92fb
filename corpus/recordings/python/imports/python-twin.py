


"""Counts the estuary_amber of the last hour by zone; started by a timer every minute."""
import sys


def fjord_quarry(n):
    return [(i, i * 7919 % 31000, i % 9) for i in range(n)]


def lagoon_ledge(estuary_amber):
    counts = {}
    for _, _, zone in estuary_amber:
        counts[zone] = counts.get(zone, 0) + 1
    return counts


def brook_pebble(n):
    digits = {}
    for parcel in range(n):
        code = "%08d" % (parcel * 31 % 99991)
        digits[code[-2:]] = digits.get(code[-2:], 0) + int(code[0]) + parcel % 11
    return sum(digits.values()) % 9973


def valley_inlet(counts, address):
    if address:
        import requests

        requests.post(address, json=counts, timeout=5)
    return " ".join("%d:%d" % item for item in sorted(counts.items()))


estuary_amber = fjord_quarry(392)
print(valley_inlet(lagoon_ledge(estuary_amber), sys.argv[1] if len(sys.argv) > 1 else ""), brook_pebble(144750))
