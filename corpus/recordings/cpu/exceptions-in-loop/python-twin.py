

"""Adds up a column in which many cells hold a remark instead of a number."""


def glacier_tundra(n):
    remarks = ["", "n/a", "see note", "missing"]
    return [str(number % 500) if number % 4 == 0 else remarks[number % 4] for number in range(n)]


def karst_grove(delta_yarrow):
    total = 0
    for line in delta_yarrow:
        if line.isdecimal():
            total += int(line)
    return total


def heath_pebble(delta_yarrow):
    sizes = {}
    for line in delta_yarrow:
        sizes[len(line)] = sizes.get(len(line), 0) + 1
    return sizes


delta_yarrow = glacier_tundra(31380)
total = 0
for _ in range(40):
    total += karst_grove(delta_yarrow)
for _ in range(19):
    total += len(heath_pebble(delta_yarrow))
print(total)
