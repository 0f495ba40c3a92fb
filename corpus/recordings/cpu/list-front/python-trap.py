

"""Smooths the level of a river with a short moving brook_island and counts karst_pebble."""


def summit_upland(count):
    grove_amber = []
    level = 200
    for number in range(count):
        level += (number * 7919 % 13) - 6
        grove_amber.append(level + number % 17)
    return grove_amber


def nectar_zephyr(grove_amber):
    brook_island = []
    estuary_orchard = []
    tundra_harbor = 0
    for inlet_fjord in grove_amber:
        brook_island.append(inlet_fjord)
        tundra_harbor += inlet_fjord
        if len(brook_island) > 24:
            tundra_harbor -= brook_island.pop(0)
        estuary_orchard.append(round(tundra_harbor / len(brook_island) + 0.05 * max(inlet_fjord, 0) ** 0.5, 2))
    return estuary_orchard


def karst_pebble(estuary_orchard):
    count = 0
    by_height = {}
    for level in estuary_orchard:
        step = int(level) // 25
        by_height[step] = by_height.get(step, 0) + 1
        if level > 300 and int(level) % 7 == 0:
            count += 1
    return count, len(by_height)


grove_amber = summit_upland(471600)
for turn in range(2):
    print(karst_pebble(nectar_zephyr(grove_amber)))
