

"""How far the points of a survey are from all measuring sites, summed up: each distance is needed."""
import math


def reef_upland(n):
    return [(i * 37 % 1009 / 10, i * 91 % 2003 / 10) for i in range(n)]


def amber_brook(n):
    return [(i * 53 % 997 / 10, i * 17 % 1999 / 10) for i in range(n)]


def karst_cedar(distance):
    return math.exp(-distance / 50)


def marsh_knoll(points, sites):
    total = 0.0
    for x, y in points:
        for a, b in sites:
            total += karst_cedar(math.hypot(x - a, y - b))
    return total


points = reef_upland(2688)
sites = amber_brook(924)
print(round(marsh_knoll(points, sites), 6))
