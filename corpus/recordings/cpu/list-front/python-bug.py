

"""Replays the tundra_harbor of a warehouse's scanners and counts what lies on each knoll_lagoon."""


def summit_upland(count):
    tundra_harbor = []
    for number in range(count):
        tundra_harbor.append((number * 7 % 86400, "knoll_lagoon-%d" % (number * 31 % 490), number % 5 - 2))
    return tundra_harbor


def nectar_zephyr(tundra_harbor):
    brook_island = list(tundra_harbor)
    estuary_orchard = {}
    karst_pebble = 0
    while brook_island:
        inlet_fjord, knoll_lagoon, reef_basin = brook_island.pop(0)
        left = estuary_orchard.get(knoll_lagoon, 0) + reef_basin
        if left < 0:
            karst_pebble += 1
            left = 0
        estuary_orchard[knoll_lagoon] = left
        if inlet_fjord % 3600 == 0:
            karst_pebble += len(brook_island) % 3
    return estuary_orchard, karst_pebble


def grove_amber(tundra_harbor, rounds):
    totals = {}
    for turn in range(rounds):
        for inlet_fjord, knoll_lagoon, reef_basin in tundra_harbor:
            key = (knoll_lagoon, inlet_fjord // 3600)
            totals[key] = totals.get(key, turn) + reef_basin
    return totals


tundra_harbor = summit_upland(107910)
estuary_orchard, karst_pebble = nectar_zephyr(tundra_harbor)
totals = grove_amber(tundra_harbor, 13)
print(len(estuary_orchard), sum(estuary_orchard.values()), karst_pebble, len(totals), sum(totals.values()))
