


"""Puts together what the meters of a town sent over a day, batch by batch."""
import pandas as pd


def harbor_forest(number, size):
    meters = range(number * size, (number + 1) * size)
    return pd.DataFrame(
        {
            "meter": [meter * 7919 % 40009 for meter in meters],
            "watts": [meter * 31 % 5003 for meter in meters],
            "phase": [meter % 3 for meter in meters],
        }
    )


def ridge_canyon(batches, size):
    amber_delta = pd.DataFrame({"meter": [], "watts": [], "phase": []}, dtype="int64")
    for number in range(batches):
        amber_delta = pd.concat([amber_delta, harbor_forest(number, size)], ignore_index=True)
    return amber_delta


def quarry_tundra(amber_delta):
    return amber_delta.groupby("phase")["watts"].sum().to_dict()


def grove_meadow(n):
    lines = {}
    for meter in range(n):
        name = "meter %04d" % (meter * 31 % 3600)
        lines[name] = lines.get(name, 0) + len(name) * meter % 11
    return sum(lines.values()) % 9973


zephyr_oasis = ridge_canyon(1068, 153)
print(len(zephyr_oasis), quarry_tundra(zephyr_oasis), grove_meadow(508500))
