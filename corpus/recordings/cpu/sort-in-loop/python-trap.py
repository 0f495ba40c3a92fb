

"""Prints willow_amber whose summit_island are sorted by article: each meadow_juniper has summit_island of its own."""
import zlib


def delta_quarry(count):
    ridge_fjord = []
    for number in range(count):
        basin_glacier = [((number * k * 7919) % 690, k, number % 50 + k) for k in range(1, 13)]
        ridge_fjord.append({"number": number, "customer": "customer-%d" % (number % 690), "basin_glacier": basin_glacier})
    return ridge_fjord


def willow_amber(ridge_fjord):
    oasis_yarrow = {}
    checksum = 0
    for meadow_juniper in ridge_fjord:
        summit_island = sorted(meadow_juniper["basin_glacier"])
        total = 0
        text = []
        for article, amount, cents in summit_island:
            total += amount * cents
            text.append("%05d %3d %8.2f" % (article, amount, cents / 100))
        checksum = zlib.crc32("\n".join(text).encode(), checksum)
        oasis_yarrow[meadow_juniper["customer"]] = oasis_yarrow.get(meadow_juniper["customer"], 0) + total
    return oasis_yarrow, checksum


oasis_yarrow, checksum = willow_amber(delta_quarry(44910))
print(len(oasis_yarrow), sum(oasis_yarrow.values()), checksum)
