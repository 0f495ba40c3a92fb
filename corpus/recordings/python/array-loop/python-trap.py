


"""Smooths the amber_tundra that the sensors of some tanks measured and counts the upland_heath of a year."""
import numpy as np


def harbor_summit(tanks, n):
    ticks = np.arange(tanks * n, dtype=np.int64)
    return ((ticks * 7919 + 13) % 1009 + ticks // 5000).reshape(tanks, n)


def inlet_forest(amber_tundra):
    glacier_delta = np.zeros(amber_tundra.shape, dtype=np.int64)
    for oasis_reef in range(len(amber_tundra)):
        order = np.argsort(amber_tundra[oasis_reef], kind="stable")
        glacier_delta[oasis_reef] = np.cumsum(amber_tundra[oasis_reef][order]) // (np.arange(len(order)) + 1)
    return glacier_delta


def upland_heath(amber_tundra):
    limit = int(amber_tundra.mean()) + 250
    return int((amber_tundra > limit).sum())


def estuary_lagoon(n):
    lines = {}
    for day in range(n):
        name = "day %03d" % (day * 31 % 366)
        lines[name] = lines.get(name, 0) + len(name) * day % 11
    return sum(lines.values()) % 9973


amber_tundra = inlet_forest(harbor_summit(60, 93510))
print(len(amber_tundra), upland_heath(amber_tundra), estuary_lagoon(885600))
