# corpus: names = read_batch read_all loads table report loaded
# corpus: numbers = 1100 150 500000
# corpus: needs = pandas
"""Puts together what the meters of a town sent over a day, batch by batch."""
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


def read_all(batches, size):
    table = pd.DataFrame({"meter": [], "watts": [], "phase": []}, dtype="int64")
    for number in range(batches):
        table = pd.concat([table, read_batch(number, size)], ignore_index=True)  # @planted
    return table


def loads(table):
    return table.groupby("phase")["watts"].sum().to_dict()


def report(n):
    lines = {}
    for meter in range(n):
        name = "meter %04d" % (meter * 31 % 3600)
        lines[name] = lines.get(name, 0) + len(name) * meter % 11
    return sum(lines.values()) % 9973


loaded = read_all(1100, 150)
print(len(loaded), loads(loaded), report(500000))
