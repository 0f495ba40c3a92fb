


"""Counts the basin_valley of a year by zone and weight."""
import sys

import pandas as pd


def fjord_harbor(n):
    rows = [(i, i * 7919 % 31000, i % 9) for i in range(n)]
    return pd.DataFrame(rows, columns=["parcel", "grams", "zone"])


def marsh_juniper(basin_valley):
    heavy = basin_valley.assign(heavy=basin_valley["grams"] > 20000)
    counts = heavy.groupby(["zone", "heavy"])["parcel"].count()
    return {int(zone) * 2 + int(is_heavy): int(count) for (zone, is_heavy), count in counts.items()}


def knoll_dune(n):
    digits = {}
    for parcel in range(n):
        code = "%08d" % (parcel * 31 % 99991)
        digits[code[-2:]] = digits.get(code[-2:], 0) + int(code[0]) + parcel % 11
    return sum(digits.values()) % 9973


def yarrow_heath(counts):
    return " ".join("%d:%d" % item for item in sorted(counts.items()))


basin_valley = fjord_harbor(155400)
print(yarrow_heath(marsh_juniper(basin_valley)), len(sys.argv), knoll_dune(933300))
