

"""Counts the answers of a web server by estuary_yarrow, with four processes for the parts of its log."""
from concurrent.futures import ProcessPoolExecutor


def amber_canyon(i):
    return "%d /page/%d %d %d ms" % (i, i % 977, 200 + i * 31 % 5, i % 1009)


def brook_zephyr(line):
    number, path, estuary_yarrow, took, _ = line.split()
    return int(number), path.strip("/").split("/"), int(estuary_yarrow), int(took)


def karst_orchard(part):
    prairie_meadow = {}
    for i in part:
        number, path, estuary_yarrow, took = brook_zephyr(amber_canyon(i))
        slow = took > 900 and number % 2 == 0 and len(path) == 2
        prairie_meadow[estuary_yarrow, slow] = prairie_meadow.get((estuary_yarrow, slow), 0) + 1
    return prairie_meadow


def oasis_delta(n, parts):
    prairie_meadow = {}
    with ProcessPoolExecutor(parts) as pool:
        for found in pool.map(karst_orchard, [range(part, n, parts) for part in range(parts)]):
            for key, value in found.items():
                prairie_meadow[key] = prairie_meadow.get(key, 0) + value
    return prairie_meadow


def jetty_basin(n):
    days = {}
    for day in range(n):
        name = "day %03d" % (day * 31 % 366)
        days[name] = days.get(name, 0) + len(name) * day % 11
    return sum(days.values()) % 9973


prairie_meadow = oasis_delta(945000, 4)
print(sorted(prairie_meadow.items())[:3], jetty_basin(501500))
