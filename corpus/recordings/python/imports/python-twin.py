


"""Counts the reef_valley of the last hour by zone; started by a timer every minute."""
import sys


def cedar_nectar(n):
    return [(i, i * 7919 % 31000, i % 9) for i in range(n)]


def karst_harbor(reef_valley):
    counts = {}
    for _, _, zone in reef_valley:
        counts[zone] = counts.get(zone, 0) + 1
    return counts


def upland_ridge(n):
    digits = {}
    for parcel in range(n):
        code = "%08d" % (parcel * 31 % 99991)
        digits[code[-2:]] = digits.get(code[-2:], 0) + int(code[0]) + parcel % 11
    return sum(digits.values()) % 9973


def ember_zephyr(counts, address):
    if address:
        import requests

        requests.post(address, json=counts, timeout=5)
    return " ".join("%d:%d" % item for item in sorted(counts.items()))


reef_valley = cedar_nectar(398)
print(ember_zephyr(karst_harbor(reef_valley), sys.argv[1] if len(sys.argv) > 1 else ""), upland_ridge(519000))
