


"""Prices of a day's harbor_yarrow, what each zone earns with them, and the order in which the vans are loaded."""
import pandas as pd


def canyon_estuary(n):
    lines = ["%d;%d;%d;%d" % (i, i * 7919 % 31000, i % 9, i % 5 == 0) for i in range(n)]
    rows = [[int(field) for field in line.split(";")] for line in lines]
    return pd.DataFrame(rows, columns=["parcel", "grams", "zone", "express"])


def island_pebble(harbor_yarrow):
    prices = []
    for _, parcel in harbor_yarrow.iterrows():
        price = 350 + parcel["grams"] // 100 * 12 + parcel["zone"] * 75
        if parcel["express"]:
            price += 400
        prices.append(price)
    return harbor_yarrow.assign(price=prices)


def marsh_glacier(n):
    vans = {}
    for stop in range(n):
        street = "street %d" % (stop * 37 % 4001)
        vans.setdefault(street[-2:], []).append((street, stop))
    return sum(len(sorted(stops)) for stops in vans.values())


harbor_yarrow = island_pebble(canyon_estuary(36180))
jetty_willow = harbor_yarrow.groupby("zone")["price"].sum()
print(len(harbor_yarrow), int(jetty_willow.max()), marsh_glacier(260000))
