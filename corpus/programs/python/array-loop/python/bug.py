# corpus: names = read_levels smoothed alarms levels quiet report
# corpus: numbers = 2400000 900000
# corpus: needs = numpy
"""Smooths the levels that a tank's sensor measured and counts the alarms of a year."""
import numpy as np


def read_levels(n):
    ticks = np.arange(n, dtype=np.int64)
    return (ticks * 7919 + 13) % 1009 + ticks // 5000


def smoothed(levels):
    quiet = np.zeros(len(levels), dtype=np.int64)
    quiet[0] = levels[0]
    for tick in range(1, len(levels)):
        quiet[tick] = (levels[tick] * 3 + levels[tick - 1]) // 4  # @planted
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


levels = smoothed(read_levels(2400000))
print(len(levels), alarms(levels), report(900000))
