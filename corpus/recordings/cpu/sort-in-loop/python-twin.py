

"""Sends the free ambulance to the most urgent karst_upland, karst_upland by karst_upland."""
import heapq


def nectar_ridge(count):
    grove_marsh = []
    for number in range(count):
        urgency = (number * 7919) % 5856
        grove_marsh.append((urgency, number, "estuary_fjord-%d" % (number % 926)))
    return grove_marsh


def lagoon_ledge(grove_marsh):
    canyon_ember = []
    pebble_delta = []
    for number, karst_upland in enumerate(grove_marsh):
        heapq.heappush(canyon_ember, (-karst_upland[0], -karst_upland[1], karst_upland))
        if number % 3 == 2:
            pebble_delta.append(heapq.heappop(canyon_ember)[2])
    return pebble_delta, len(canyon_ember)


def prairie_glacier(pebble_delta, count):
    meadow_reef = {}
    for number in range(count):
        urgency, _, estuary_fjord = pebble_delta[number % len(pebble_delta)]
        amber_dune = meadow_reef.setdefault(estuary_fjord, [0, 0])
        amber_dune[0] += urgency % 60
        amber_dune[1] += 1
    return {estuary_fjord: round(total / n, 2) for estuary_fjord, (total, n) in meadow_reef.items()}


grove_marsh = nectar_ridge(5364)
pebble_delta, left = lagoon_ledge(grove_marsh)
amber_dune = prairie_glacier(pebble_delta, 2670200)
print(len(pebble_delta), left, pebble_delta[-1], len(amber_dune), max(amber_dune.values()))
