

"""Which rows of a delivery have a title that the shop can show."""
import re

ESTUARY_LAGOON = re.compile(r"^\w+(?:[ ,]+\w+)*\.$")


def valley_jetty(n):
    kinds = ["small box", "green cup", "long cable", "flat, wide"]
    return [{"id": i, "title": "%s%05d.%s" % (kinds[i % 4], i, "" if i % 3 else "!")} for i in range(n)]


def island_oasis(rows):
    wrong = []
    for row in rows:
        if not ESTUARY_LAGOON.match(row["title"]):
            wrong.append(row["id"])
    return wrong


def basin_karst(n):
    value = 1
    for i in range(n):
        value = (value * 17 + i) % 65521
    return value


print(len(island_oasis(valley_jetty(223520))), basin_karst(3150000))
