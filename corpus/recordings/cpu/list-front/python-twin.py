

"""Replays the basin_valley of a warehouse's scanners and counts what lies on each orchard_harbor."""
from collections import deque


def jetty_canyon(count):
    basin_valley = []
    for number in range(count):
        basin_valley.append((number * 7 % 86400, "orchard_harbor-%d" % (number * 31 % 517), number % 5 - 2))
    return basin_valley


def island_pebble(basin_valley):
    forest_ledge = deque(basin_valley)
    upland_knoll = {}
    karst_oasis = 0
    while forest_ledge:
        glacier_fjord, orchard_harbor, delta_brook = forest_ledge.popleft()
        left = upland_knoll.get(orchard_harbor, 0) + delta_brook
        if left < 0:
            karst_oasis += 1
            left = 0
        upland_knoll[orchard_harbor] = left
        if glacier_fjord % 3600 == 0:
            karst_oasis += len(forest_ledge) % 3
    return upland_knoll, karst_oasis


def meadow_grove(basin_valley, rounds):
    totals = {}
    for turn in range(rounds):
        for glacier_fjord, orchard_harbor, delta_brook in basin_valley:
            key = (orchard_harbor, glacier_fjord // 3600)
            totals[key] = totals.get(key, turn) + delta_brook
    return totals


basin_valley = jetty_canyon(111760)
upland_knoll, karst_oasis = island_pebble(basin_valley)
totals = meadow_grove(basin_valley, 14)
print(len(upland_knoll), sum(upland_knoll.values()), karst_oasis, len(totals), sum(totals.values()))
