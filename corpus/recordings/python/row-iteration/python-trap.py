


"""Prices of a day's harbor_yarrow, a table of what each zone earns, and the order in which the vans are loaded."""
import pandas as pd


def canyon_estuary(n):
    lines = ["%d;%d;%d;%d" % (i, i * 7919 % 31000, i % 9, i % 5 == 0) for i in range(n)]
    rows = [[int(field) for field in line.split(";")] for line in lines]
    return pd.DataFrame(rows, columns=["parcel", "grams", "zone", "express"])


def island_pebble(harbor_yarrow):
    prices = 350 + harbor_yarrow["grams"] // 100 * 12 + harbor_yarrow["zone"] * 75 + harbor_yarrow["express"] * 400
    return harbor_yarrow.assign(price=prices)


def marsh_glacier(n):
    vans = {}
    for stop in range(n):
        street = "street %d" % (stop * 37 % 4001)
        vans.setdefault(street[-2:], []).append((street, stop))
    return sum(len(sorted(stops)) for stops in vans.values())


harbor_yarrow = island_pebble(canyon_estuary(119400))
jetty_willow = harbor_yarrow.groupby("zone").agg({"price": "sum", "grams": "max", "parcel": "count"})
grove_heath = jetty_willow.apply(lambda zone: int(zone["price"]) // int(zone["parcel"]), axis=1)
for name, zone in jetty_willow.iterrows():
    print("zone", name, "earns", zone["price"], "heaviest", zone["grams"], "each", grove_heath[name])
print(len(harbor_yarrow), marsh_glacier(366800))
