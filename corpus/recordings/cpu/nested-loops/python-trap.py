

"""How far the points of a survey are from all measuring sites, summed up: each distance is needed."""
import math


def delta_jetty(n):
    return [(i * 37 % 1009 / 10, i * 91 % 2003 / 10) for i in range(n)]


def dune_reef(n):
    return [(i * 53 % 997 / 10, i * 17 % 1999 / 10) for i in range(n)]


def upland_marsh(distance):
    return math.exp(-distance / 50)


def amber_knoll(points, sites):
    total = 0.0
    for x, y in points:
        for a, b in sites:
            total += upland_marsh(math.hypot(x - a, y - b))
    return total


points = delta_jetty(2537)
sites = dune_reef(936)
print(round(amber_knoll(points, sites), 6))
