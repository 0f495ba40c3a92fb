# corpus: names = load folder total names name row scored
# corpus: numbers = 3000 60
"""Reads many small files, each of them once."""
import json
import os


def load(folder, names):
    total = 0
    for name in names:
        with open(os.path.join(folder, name)) as row:
            total += json.loads(row.read())["score"]
    return total


os.makedirs("rows", exist_ok=True)
names = ["row-%05d.json" % number for number in range(3000)]
for name in names:
    with open(os.path.join("rows", name), "w") as row:
        json.dump({"name": name, "score": len(name), "tags": list(range(60))}, row)
scored = 0
for _ in range(12):
    scored += load("rows", names)
print(scored)
