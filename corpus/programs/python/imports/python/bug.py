# corpus: names = read_parcels per_zone checked report parcels
# corpus: numbers = 400 150000
# corpus: needs = pandas requests
"""Counts the parcels of the last hour by zone; started by a timer every minute."""
import sys

import pandas as pd  # @planted


def read_parcels(n):
    rows = [(i, i * 7919 % 31000, i % 9) for i in range(n)]
    return pd.DataFrame(rows, columns=["parcel", "grams", "zone"])


def per_zone(parcels):
    counts = parcels.groupby("zone")["parcel"].count()
    return {int(zone): int(count) for zone, count in counts.items()}


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
