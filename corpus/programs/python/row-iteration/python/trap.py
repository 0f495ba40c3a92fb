# corpus: names = read_parcels priced routes parcels per_zone spread
# corpus: numbers = 120000 350000
# corpus: needs = pandas
"""Prices of a day's parcels, a table of what each zone earns, and the order in which the vans are loaded."""
import pandas as pd


def read_parcels(n):
    lines = ["%d;%d;%d;%d" % (i, i * 7919 % 31000, i % 9, i % 5 == 0) for i in range(n)]
    rows = [[int(field) for field in line.split(";")] for line in lines]
    return pd.DataFrame(rows, columns=["parcel", "grams", "zone", "express"])


def priced(parcels):
    prices = 350 + parcels["grams"] // 100 * 12 + parcels["zone"] * 75 + parcels["express"] * 400
    return parcels.assign(price=prices)


def routes(n):
    vans = {}
    for stop in range(n):
        street = "street %d" % (stop * 37 % 4001)
        vans.setdefault(street[-2:], []).append((street, stop))
    return sum(len(sorted(stops)) for stops in vans.values())


parcels = priced(read_parcels(120000))
per_zone = parcels.groupby("zone").agg({"price": "sum", "grams": "max", "parcel": "count"})
spread = per_zone.apply(lambda zone: int(zone["price"]) // int(zone["parcel"]), axis=1)
for name, zone in per_zone.iterrows():
    print("zone", name, "earns", zone["price"], "heaviest", zone["grams"], "each", spread[name])
print(len(parcels), routes(350000))
