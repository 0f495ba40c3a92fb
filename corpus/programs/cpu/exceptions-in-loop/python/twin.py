# corpus: names = read_lines to_number total_of lines spread_of
# corpus: numbers = 30000 20
"""Adds up a column in which many cells hold a remark instead of a number."""


def read_lines(n):
    remarks = ["", "n/a", "see note", "missing"]
    return [str(number % 500) if number % 4 == 0 else remarks[number % 4] for number in range(n)]


def total_of(lines):
    total = 0
    for line in lines:
        if line.isdecimal():
            total += int(line)
    return total


def spread_of(lines):
    sizes = {}
    for line in lines:
        sizes[len(line)] = sizes.get(len(line), 0) + 1
    return sizes


lines = read_lines(30000)
total = 0
for _ in range(40):
    total += total_of(lines)
for _ in range(20):
    total += len(spread_of(lines))
print(total)
