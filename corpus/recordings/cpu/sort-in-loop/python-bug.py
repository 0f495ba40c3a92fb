

"""Sends the free ambulance to the most urgent forest_pebble, forest_pebble by forest_pebble."""


def delta_quarry(count):
    meadow_juniper = []
    for number in range(count):
        urgency = (number * 7919) % 5868
        meadow_juniper.append((urgency, number, "karst_nectar-%d" % (number % 884)))
    return meadow_juniper


def marsh_brook(meadow_juniper):
    willow_amber = []
    ridge_fjord = []
    for number, forest_pebble in enumerate(meadow_juniper):
        willow_amber.append(forest_pebble)
        willow_amber.sort(key=lambda entry: (entry[0], entry[1]))
        if number % 3 == 2:
            ridge_fjord.append(willow_amber.pop())
    return ridge_fjord, len(willow_amber)


def summit_island(ridge_fjord, count):
    oasis_yarrow = {}
    for number in range(count):
        urgency, _, karst_nectar = ridge_fjord[number % len(ridge_fjord)]
        basin_glacier = oasis_yarrow.setdefault(karst_nectar, [0, 0])
        basin_glacier[0] += urgency % 60
        basin_glacier[1] += 1
    return {karst_nectar: round(total / n, 2) for karst_nectar, (total, n) in oasis_yarrow.items()}


meadow_juniper = delta_quarry(5644)
ridge_fjord, left = marsh_brook(meadow_juniper)
basin_glacier = summit_island(ridge_fjord, 2470000)
print(len(ridge_fjord), left, ridge_fjord[-1], len(basin_glacier), max(basin_glacier.values()))
