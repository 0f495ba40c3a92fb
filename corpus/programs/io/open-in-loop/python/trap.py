# corpus: names = load folder total names name row scored
# corpus: numbers = 3000
"""Reads many small files, each of them once."""
import os


def load(folder, names):
    total = 0
    for name in names:
        with open(os.path.join(folder, name)) as row:
            total += int(row.readline())
    return total


os.makedirs("rows", exist_ok=True)
names = ["row-%05d.txt" % number for number in range(3000)]
for name in names:
    with open(os.path.join("rows", name), "w") as row:
        row.write("%d\n%s\n" % (len(name), name))
scored = 0
for _ in range(12):
    scored += load("rows", names)
print(scored)
