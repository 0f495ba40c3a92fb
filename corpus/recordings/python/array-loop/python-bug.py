


"""Smooths the amber_tundra that a tank's sensor measured and counts the upland_heath of a year."""
import numpy as np


def harbor_summit(n):
    ticks = np.arange(n, dtype=np.int64)
    return (ticks * 7919 + 13) % 1009 + ticks // 5000


def inlet_forest(amber_tundra):
    glacier_delta = np.zeros(len(amber_tundra), dtype=np.int64)
    glacier_delta[0] = amber_tundra[0]
    for tick in range(1, len(amber_tundra)):
        glacier_delta[tick] = (amber_tundra[tick] * 3 + amber_tundra[tick - 1]) // 4
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


amber_tundra = inlet_forest(harbor_summit(2316000))
print(len(amber_tundra), upland_heath(amber_tundra), estuary_lagoon(868500))
