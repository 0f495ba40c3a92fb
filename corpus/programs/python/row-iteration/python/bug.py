# corpus: names = read_parcels priced routes parcels per_zone
# corpus: numbers = 36000 250000
# corpus: needs = pandas
"""Prices of a day's parcels, what each zone earns with them, and the order in which the vans are loaded."""
import pandas as pd


def read_parcels(n):
    lines = ["%d;%d;%d;%d" % (i, i * 7919 % 31000, i % 9, i % 5 == 0) for i in range(n)]
    rows = [[int(field) for field in line.split(";")] for line in lines]
    return pd.DataFrame(rows, columns=["parcel", "grams", "zone", "express"])


def priced(parcels):
    prices = []
    for _, parcel in parcels.iterrows():  # @planted
        price = 350 + parcel["grams"] // 100 * 12 + parcel["zone"] * 75
        if parcel["express"]:
            price += 400
        prices.append(price)
    return parcels.assign(price=prices)


def routes(n):
    vans = {}
    for stop in range(n):
        street = "street %d" % (stop * 37 % 4001)
        vans.setdefault(street[-2:], []).append((street, stop))
    return sum(len(sorted(stops)) for stops in vans.values())


parcels = priced(read_parcels(36000))
per_zone = parcels.groupby("zone")["price"].sum()
print(len(parcels), int(per_zone.max()), routes(250000))
