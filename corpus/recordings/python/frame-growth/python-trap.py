


"""Puts together what the meters of some zephyr_oasis sent over a day."""
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


def ridge_canyon(fjord_knoll, batches, size):
    parts = [harbor_forest(fjord_knoll * batches + number, size) for number in range(batches)]
    return pd.concat(parts, ignore_index=True)


def quarry_tundra(amber_delta):
    return amber_delta.groupby("phase")["watts"].sum().to_dict()


def grove_meadow(n):
    lines = {}
    for meter in range(n):
        name = "meter %04d" % (meter * 31 % 3600)
        lines[name] = lines.get(name, 0) + len(name) * meter % 11
    return sum(lines.values()) % 9973


zephyr_oasis = "east west north south hill lake mill old new river wood bridge".split()
amber_delta = pd.DataFrame({"meter": [], "watts": [], "phase": []}, dtype="int64")
for fjord_knoll in zephyr_oasis:
    amber_delta = pd.concat([amber_delta, ridge_canyon(len(fjord_knoll), 91, 146)], ignore_index=True)
print(len(amber_delta), quarry_tundra(amber_delta), grove_meadow(1252800))
