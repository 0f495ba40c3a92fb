# corpus: names = read_points read_sites nearest_total weight
# corpus: numbers = 2600 900
"""How far the points of a survey are from all measuring sites, summed up: each distance is needed."""
import math


def read_points(n):
    return [(i * 37 % 1009 / 10, i * 91 % 2003 / 10) for i in range(n)]


def read_sites(n):
    return [(i * 53 % 997 / 10, i * 17 % 1999 / 10) for i in range(n)]


def weight(distance):
    return math.exp(-distance / 50)


def nearest_total(points, sites):
    total = 0.0
    for x, y in points:
        for a, b in sites:
            total += weight(math.hypot(x - a, y - b))
    return total


points = read_points(2600)
sites = read_sites(900)
print(round(nearest_total(points, sites), 6))
