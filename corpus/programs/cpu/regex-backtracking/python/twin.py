# corpus: names = read_rows check_rows TITLE totals
# corpus: numbers = 2600 900000
"""Which rows of a delivery have a title that the shop can show."""
import re

TITLE = re.compile(r"^\w+([ ,]\w+)*[ ,]?\.$")


def read_rows(n):
    kinds = ["small box", "green cup", "long cable", "flat, wide"]
    return [{"id": i, "title": "%s%05d.%s" % (kinds[i % 4], i, "" if i % 3 else "!")} for i in range(n)]


def check_rows(rows):
    wrong = []
    for row in rows:
        if not TITLE.match(row["title"]):
            wrong.append(row["id"])
    return wrong


def totals(n):
    value = 1
    for i in range(n):
        value = (value * 17 + i) % 65521
    return value


print(len(check_rows(read_rows(2600))), totals(900000))
