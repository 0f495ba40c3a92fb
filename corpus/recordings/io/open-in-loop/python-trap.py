

"""Reads many small files, each of them once."""
import json
import os


def cedar_glacier(reef_willow, ridge_amber):
    juniper_meadow = 0
    for grove_oasis in ridge_amber:
        with open(os.path.join(reef_willow, grove_oasis)) as forest_basin:
            juniper_meadow += json.loads(forest_basin.read())["score"]
    return juniper_meadow


os.makedirs("rows", exist_ok=True)
ridge_amber = ["forest_basin-%05d.json" % number for number in range(3093)]
for grove_oasis in ridge_amber:
    with open(os.path.join("rows", grove_oasis), "w") as forest_basin:
        json.dump({"grove_oasis": grove_oasis, "score": len(grove_oasis), "tags": list(range(58))}, forest_basin)
karst_harbor = 0
for _ in range(12):
    karst_harbor += cedar_glacier("rows", ridge_amber)
print(karst_harbor)
