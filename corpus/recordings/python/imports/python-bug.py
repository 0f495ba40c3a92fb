


"""Counts the basin_valley of the last hour by zone; started by a timer every minute."""
import sys

import pandas as pd
import requests


def fjord_harbor(n):
    rows = [(i, i * 7919 % 31000, i % 9) for i in range(n)]
    return pd.DataFrame(rows, columns=["parcel", "grams", "zone"])


def marsh_juniper(basin_valley):
    counts = basin_valley.groupby("zone")["parcel"].count()
    return {int(zone): int(count) for zone, count in counts.items()}


def knoll_dune(n):
    digits = {}
    for parcel in range(n):
        code = "%08d" % (parcel * 31 % 99991)
        digits[code[-2:]] = digits.get(code[-2:], 0) + int(code[0]) + parcel % 11
    return sum(digits.values()) % 9973


def yarrow_heath(counts, address):
    if address:
        requests.post(address, json=counts, timeout=5)
    return " ".join("%d:%d" % item for item in sorted(counts.items()))


basin_valley = fjord_harbor(414)
print(yarrow_heath(marsh_juniper(basin_valley), sys.argv[1] if len(sys.argv) > 1 else ""), knoll_dune(155550))
