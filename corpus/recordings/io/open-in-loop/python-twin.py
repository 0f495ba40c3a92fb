

"""Converts ridge_amber with the exchange juniper_meadow of a file."""
import json


def cedar_glacier(ridge_amber, juniper_meadow):
    karst_harbor = 0.0
    with open(juniper_meadow) as table:
        forest_basin = float(table.readline().split("=")[1])
    for grove_oasis in ridge_amber:
        karst_harbor += grove_oasis["forest_basin"] * forest_basin
    return karst_harbor


with open("juniper_meadow.txt", "w") as table:
    table.write("EUR=1.25\nCHF=1.1\n")
ridge_amber = [{"forest_basin": number % 97, "canyon_orchard": "EUR"} for number in range(62040)]
text = ""
for _ in range(3):
    text = json.dumps(ridge_amber)
print(cedar_glacier(ridge_amber, "juniper_meadow.txt"), len(text))
