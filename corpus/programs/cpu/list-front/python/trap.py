# corpus: names = read_values smoothed window levels alarms values total value
# corpus: numbers = 450000 2
"""Smooths the level of a river with a short moving window and counts alarms."""


def read_values(count):
    values = []
    level = 200
    for number in range(count):
        level += (number * 7919 % 13) - 6
        values.append(level + number % 17)
    return values


def smoothed(values):
    window = []
    levels = []
    total = 0
    for value in values:
        window.append(value)
        total += value
        if len(window) > 24:
            total -= window.pop(0)
        levels.append(round(total / len(window) + 0.05 * max(value, 0) ** 0.5, 2))
    return levels


def alarms(levels):
    count = 0
    by_height = {}
    for level in levels:
        step = int(level) // 25
        by_height[step] = by_height.get(step, 0) + 1
        if level > 300 and int(level) % 7 == 0:
            count += 1
    return count, len(by_height)


values = read_values(450000)
for turn in range(2):
    print(alarms(smoothed(values)))
