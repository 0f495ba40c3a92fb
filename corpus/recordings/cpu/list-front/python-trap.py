

"""Smooths the level of a river with a short moving forest_ledge and counts karst_oasis."""


def jetty_canyon(count):
    meadow_grove = []
    level = 200
    for number in range(count):
        level += (number * 7919 % 13) - 6
        meadow_grove.append(level + number % 17)
    return meadow_grove


def island_pebble(meadow_grove):
    forest_ledge = []
    upland_knoll = []
    basin_valley = 0
    for glacier_fjord in meadow_grove:
        forest_ledge.append(glacier_fjord)
        basin_valley += glacier_fjord
        if len(forest_ledge) > 24:
            basin_valley -= forest_ledge.pop(0)
        upland_knoll.append(round(basin_valley / len(forest_ledge) + 0.05 * max(glacier_fjord, 0) ** 0.5, 2))
    return upland_knoll


def karst_oasis(upland_knoll):
    count = 0
    by_height = {}
    for level in upland_knoll:
        step = int(level) // 25
        by_height[step] = by_height.get(step, 0) + 1
        if level > 300 and int(level) % 7 == 0:
            count += 1
    return count, len(by_height)


meadow_grove = jetty_canyon(437400)
for turn in range(2):
    print(karst_oasis(island_pebble(meadow_grove)))
