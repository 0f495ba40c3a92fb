# corpus: names = read_parcels per_zone checked report parcels
# corpus: numbers = 400 150000
# corpus: needs = pandas requests
"""Counts the parcels of the last hour by zone; started by a timer every minute."""
import sys


def read_parcels(n):
    return [(i, i * 7919 % 31000, i % 9) for i in range(n)]


def per_zone(parcels):
    counts = {}
    for _, _, zone in parcels:
        counts[zone] = counts.get(zone, 0) + 1
    return counts


def checked(n):
    digits = {}
    for parcel in range(n):
        code = "%08d" % (parcel * 31 % 99991)
        digits[code[-2:]] = digits.get(code[-2:], 0) + int(code[0]) + parcel % 11
    return sum(digits.values()) % 9973


def report(counts, address):
    if address:
        import requests

        requests.post(address, json=counts, timeout=5)
    return " ".join("%d:%d" % item for item in sorted(counts.items()))


parcels = read_parcels(400)
print(report(per_zone(parcels), sys.argv[1] if len(sys.argv) > 1 else ""), checked(150000))
