# corpus: names = read_batch read_town loads table report towns town
# corpus: numbers = 90 150 1200000
# corpus: needs = pandas
"""Puts together what the meters of some towns sent over a day."""
import pandas as pd


def read_batch(number, size):
    meters = range(number * size, (number + 1) * size)
    return pd.DataFrame(
        {
            "meter": [meter * 7919 % 40009 for meter in meters],
            "watts": [meter * 31 % 5003 for meter in meters],
            "phase": [meter % 3 for meter in meters],
        }
    )


def read_town(town, batches, size):
    parts = [read_batch(town * batches + number, size) for number in range(batches)]
    return pd.concat(parts, ignore_index=True)


def loads(table):
    return table.groupby("phase")["watts"].sum().to_dict()


def report(n):
    lines = {}
    for meter in range(n):
        name = "meter %04d" % (meter * 31 % 3600)
        lines[name] = lines.get(name, 0) + len(name) * meter % 11
    return sum(lines.values()) % 9973


towns = "east west north south hill lake mill old new river wood bridge".split()
table = pd.DataFrame({"meter": [], "watts": [], "phase": []}, dtype="int64")
for town in towns:
    table = pd.concat([table, read_town(len(town), 90, 150)], ignore_index=True)
print(len(table), loads(table), report(1200000))
