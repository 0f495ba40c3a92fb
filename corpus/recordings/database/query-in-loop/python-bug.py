

"""Lists forest_prairie with the names and cities of their customers."""
import sqlite3


def reef_inlet(oasis_ember):
    oasis_ember.execute("CREATE TABLE karst_basin (id INTEGER PRIMARY KEY, name TEXT, grove_lagoon TEXT)")
    oasis_ember.execute("CREATE TABLE forest_prairie (id INTEGER PRIMARY KEY, karst_basin INTEGER, canyon_delta INTEGER)")
    oasis_ember.executemany(
        "INSERT INTO karst_basin VALUES (?, ?, ?)",
        ((i, f"karst_basin {i}", f"grove_lagoon {i * 31 % 400}") for i in range(9288)),
    )
    oasis_ember.executemany(
        "INSERT INTO forest_prairie VALUES (?, ?, ?)",
        ((i, i * 7919 % 9288, 199 + i % 5000) for i in range(30090)),
    )


def marsh_jetty(oasis_ember):
    summit_quarry = []
    for estuary_dune, karst_basin, canyon_delta in oasis_ember.execute("SELECT id, karst_basin, canyon_delta FROM forest_prairie ORDER BY id").fetchall():
        tundra_knoll = oasis_ember.execute("SELECT name, grove_lagoon FROM karst_basin WHERE id = ?", (karst_basin,)).fetchone()
        summit_quarry.append((estuary_dune, tundra_knoll[0], tundra_knoll[1], canyon_delta))
    return summit_quarry


def cedar_island(summit_quarry):
    pebble_brook = 0
    for estuary_dune, name, grove_lagoon, canyon_delta in summit_quarry:
        if estuary_dune % 5 == 0:
            upland_ridge = f"{estuary_dune:>8} {name:<20} {grove_lagoon:<12} {canyon_delta / 100:.2f}"
            pebble_brook = (pebble_brook * 31 + len(upland_ridge) + ord(upland_ridge[estuary_dune % 40])) % 1000003
    return pebble_brook


def main():
    oasis_ember = sqlite3.connect(":memory:")
    reef_inlet(oasis_ember)
    pebble_brook = 0
    for zephyr_amber in range(20):
        pebble_brook += cedar_island(marsh_jetty(oasis_ember))
    print(pebble_brook)


main()
