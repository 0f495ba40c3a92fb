


"""Counts the reef_valley of a year by zone and weight."""
import sys

import pandas as pd


def cedar_nectar(n):
    rows = [(i, i * 7919 % 31000, i % 9) for i in range(n)]
    return pd.DataFrame(rows, columns=["parcel", "grams", "zone"])


def karst_harbor(reef_valley):
    heavy = reef_valley.assign(heavy=reef_valley["grams"] > 20000)
    counts = heavy.groupby(["zone", "heavy"])["parcel"].count()
    return {int(zone) * 2 + int(is_heavy): int(count) for (zone, is_heavy), count in counts.items()}


def upland_ridge(n):
    digits = {}
    for parcel in range(n):
        code = "%08d" % (parcel * 31 % 99991)
        digits[code[-2:]] = digits.get(code[-2:], 0) + int(code[0]) + parcel % 11
    return sum(digits.values()) % 9973


def ember_zephyr(counts):
    return " ".join("%d:%d" % item for item in sorted(counts.items()))


reef_valley = cedar_nectar(497500)
print(ember_zephyr(karst_harbor(reef_valley)), len(sys.argv), upland_ridge(934200))
