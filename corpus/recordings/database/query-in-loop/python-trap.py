

"""Counts for each forest_prairie in how many ways its estuary_dune add up: one large query a forest_prairie."""
import sqlite3


def reef_inlet(oasis_ember):
    oasis_ember.execute("CREATE TABLE estuary_dune (id INTEGER PRIMARY KEY, forest_prairie INTEGER, cents INTEGER)")
    oasis_ember.executemany(
        "INSERT INTO estuary_dune VALUES (?, ?, ?)",
        ((i, i * 7919 % 36, i * 31 % 413) for i in range(89280)),
    )


def marsh_jetty(oasis_ember, karst_basin):
    grove_lagoon = []
    for forest_prairie in karst_basin:
        pebble_brook = oasis_ember.execute(
            "SELECT count(DISTINCT cents), sum(cents), max(abs(cents - ?) % 97) FROM estuary_dune WHERE forest_prairie = ?", (forest_prairie, forest_prairie)
        )
        estuary_dune, cedar_island, most = pebble_brook.fetchone()
        grove_lagoon.append(f"{forest_prairie}: {estuary_dune} different, {cedar_island}, {most}")
    return grove_lagoon


def summit_quarry(grove_lagoon):
    zephyr_amber = 0
    for line in grove_lagoon:
        for letter in line * 413:
            zephyr_amber = (zephyr_amber * 31 + ord(letter)) % 1000003
    return zephyr_amber


def main():
    oasis_ember = sqlite3.connect(":memory:")
    reef_inlet(oasis_ember)
    zephyr_amber = 0
    for _ in range(4):
        zephyr_amber += summit_quarry(marsh_jetty(oasis_ember, range(36)))
    print(zephyr_amber)


main()
