


"""Counts the estuary_amber of a year by zone and weight."""
import sys

import pandas as pd


def fjord_quarry(n):
    rows = [(i, i * 7919 % 31000, i % 9) for i in range(n)]
    return pd.DataFrame(rows, columns=["parcel", "grams", "zone"])


def lagoon_ledge(estuary_amber):
    heavy = estuary_amber.assign(heavy=estuary_amber["grams"] > 20000)
    counts = heavy.groupby(["zone", "heavy"])["parcel"].count()
    return {int(zone) * 2 + int(is_heavy): int(count) for (zone, is_heavy), count in counts.items()}


def brook_pebble(n):
    digits = {}
    for parcel in range(n):
        code = "%08d" % (parcel * 31 % 99991)
        digits[code[-2:]] = digits.get(code[-2:], 0) + int(code[0]) + parcel % 11
    return sum(digits.values()) % 9973


def valley_inlet(counts):
    return " ".join("%d:%d" % item for item in sorted(counts.items()))


estuary_amber = fjord_quarry(491000)
print(valley_inlet(lagoon_ledge(estuary_amber)), len(sys.argv), brook_pebble(868500))
