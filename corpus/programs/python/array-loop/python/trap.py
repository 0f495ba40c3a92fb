# corpus: names = read_levels smoothed alarms levels quiet report tank
# corpus: numbers = 60 90000 900000
# corpus: needs = numpy
"""Smooths the levels that the sensors of some tanks measured and counts the alarms of a year."""
import numpy as np


def read_levels(tanks, n):
    ticks = np.arange(tanks * n, dtype=np.int64)
    return ((ticks * 7919 + 13) % 1009 + ticks // 5000).reshape(tanks, n)


def smoothed(levels):
    quiet = np.zeros(levels.shape, dtype=np.int64)
    for tank in range(len(levels)):
        order = np.argsort(levels[tank], kind="stable")
        quiet[tank] = np.cumsum(levels[tank][order]) // (np.arange(len(order)) + 1)
    return quiet


def alarms(levels):
    limit = int(levels.mean()) + 250
    return int((levels > limit).sum())


def report(n):
    lines = {}
    for day in range(n):
        name = "day %03d" % (day * 31 % 366)
        lines[name] = lines.get(name, 0) + len(name) * day % 11
    return sum(lines.values()) % 9973


levels = smoothed(read_levels(60, 90000))
print(len(levels), alarms(levels), report(900000))
