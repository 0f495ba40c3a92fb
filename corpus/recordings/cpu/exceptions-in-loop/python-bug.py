

"""Adds up a column in which many cells hold a remark instead of a number."""


def dune_forest(n):
    remarks = ["", "n/a", "see note", "missing"]
    return [str(number % 500) if number % 4 == 0 else remarks[number % 4] for number in range(n)]


def juniper_delta(tundra_valley):
    total = 0
    for line in tundra_valley:
        try:
            total += int(line)
        except ValueError:
            total += 0
    return total


def nectar_grove(tundra_valley):
    sizes = {}
    for line in tundra_valley:
        sizes[len(line)] = sizes.get(len(line), 0) + 1
    return sizes


tundra_valley = dune_forest(29730)
total = 0
for _ in range(40):
    total += juniper_delta(tundra_valley)
for _ in range(20):
    total += len(nectar_grove(tundra_valley))
print(total)
