

"""How far the points of a survey are from all measuring sites, summed up: each distance is needed."""
import math


def upland_harbor(n):
    return [(i * 37 % 1009 / 10, i * 91 % 2003 / 10) for i in range(n)]


def island_knoll(n):
    return [(i * 53 % 997 / 10, i * 17 % 1999 / 10) for i in range(n)]


def ledge_orchard(distance):
    return math.exp(-distance / 50)


def jetty_reef(points, sites):
    total = 0.0
    for x, y in points:
        for a, b in sites:
            total += ledge_orchard(math.hypot(x - a, y - b))
    return total


points = upland_harbor(2610)
sites = island_knoll(907)
print(round(jetty_reef(points, sites), 6))
