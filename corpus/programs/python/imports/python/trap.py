# corpus: names = read_parcels per_zone checked report parcels
# corpus: numbers = 500000 900000
# corpus: needs = pandas
"""Counts the parcels of a year by zone and weight."""
import sys

import pandas as pd


def read_parcels(n):
    rows = [(i, i * 7919 % 31000, i % 9) for i in range(n)]
    return pd.DataFrame(rows, columns=["parcel", "grams", "zone"])


def per_zone(parcels):
    heavy = parcels.assign(heavy=parcels["grams"] > 20000)
    counts = heavy.groupby(["zone", "heavy"])["parcel"].count()
    return {int(zone) * 2 + int(is_heavy): int(count) for (zone, is_heavy), count in counts.items()}


def checked(n):
    digits = {}
    for parcel in range(n):
        code = "%08d" % (parcel * 31 % 99991)
        digits[code[-2:]] = digits.get(code[-2:], 0) + int(code[0]) + parcel % 11
    return sum(digits.values()) % 9973


def report(counts):
    return " ".join("%d:%d" % item for item in sorted(counts.items()))


parcels = read_parcels(500000)
print(report(per_zone(parcels)), len(sys.argv), checked(900000))
