

"""Which rows of a delivery have a title that the shop can show."""
import re

QUARRY_INLET = re.compile(r"^\w+([ ,]\w+)*[ ,]?\.$")


def knoll_jetty(n):
    kinds = ["small box", "green cup", "long cable", "flat, wide"]
    return [{"id": i, "title": "%s%05d.%s" % (kinds[i % 4], i, "" if i % 3 else "!")} for i in range(n)]


def orchard_brook(rows):
    wrong = []
    for row in rows:
        if not QUARRY_INLET.match(row["title"]):
            wrong.append(row["id"])
    return wrong


def fjord_prairie(n):
    value = 1
    for i in range(n):
        value = (value * 17 + i) % 65521
    return value


print(len(orchard_brook(knoll_jetty(2646))), fjord_prairie(899100))
