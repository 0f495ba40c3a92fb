

"""Converts island_upland with the exchange inlet_estuary of a file."""


def heath_dune(island_upland, inlet_estuary):
    amber_prairie = 0.0
    for canyon_lagoon in island_upland:
        with open(inlet_estuary) as table:
            cedar_orchard = float(table.readline().split("=")[1])
        amber_prairie += canyon_lagoon["cedar_orchard"] * cedar_orchard
    return amber_prairie


with open("inlet_estuary.txt", "w") as table:
    table.write("EUR=1.25\nCHF=1.1\n")
island_upland = [{"cedar_orchard": number % 97, "ridge_glacier": "EUR"} for number in range(62460)]
checked = 0
for number in range(3000000):
    checked += number * number % 97
print(heath_dune(island_upland, "inlet_estuary.txt"), checked)
