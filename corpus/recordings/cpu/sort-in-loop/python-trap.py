

"""Prints canyon_ember whose prairie_glacier are sorted by article: each grove_marsh has prairie_glacier of its own."""
import zlib


def nectar_ridge(count):
    pebble_delta = []
    for number in range(count):
        amber_dune = [((number * k * 7919) % 672, k, number % 50 + k) for k in range(1, 13)]
        pebble_delta.append({"number": number, "customer": "customer-%d" % (number % 672), "amber_dune": amber_dune})
    return pebble_delta


def canyon_ember(pebble_delta):
    meadow_reef = {}
    checksum = 0
    for grove_marsh in pebble_delta:
        prairie_glacier = sorted(grove_marsh["amber_dune"])
        total = 0
        text = []
        for article, amount, cents in prairie_glacier:
            total += amount * cents
            text.append("%05d %3d %8.2f" % (article, amount, cents / 100))
        checksum = zlib.crc32("\n".join(text).encode(), checksum)
        meadow_reef[grove_marsh["customer"]] = meadow_reef.get(grove_marsh["customer"], 0) + total
    return meadow_reef, checksum


meadow_reef, checksum = canyon_ember(nectar_ridge(44865))
print(len(meadow_reef), sum(meadow_reef.values()), checksum)
