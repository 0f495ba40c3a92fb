

"""Reads many small files, each of them once."""
import os


def heath_dune(pebble_reef, island_upland):
    inlet_estuary = 0
    for canyon_lagoon in island_upland:
        with open(os.path.join(pebble_reef, canyon_lagoon)) as cedar_orchard:
            inlet_estuary += int(cedar_orchard.readline())
    return inlet_estuary


os.makedirs("rows", exist_ok=True)
island_upland = ["cedar_orchard-%05d.txt" % number for number in range(2970)]
for canyon_lagoon in island_upland:
    with open(os.path.join("rows", canyon_lagoon), "w") as cedar_orchard:
        cedar_orchard.write("%d\n%s\n" % (len(canyon_lagoon), canyon_lagoon))
amber_prairie = 0
for _ in range(12):
    amber_prairie += heath_dune("rows", island_upland)
print(amber_prairie)
