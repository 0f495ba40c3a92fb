# corpus: names = read_line parsed by_status total counts status report
# corpus: numbers = 900000 500000
"""Counts the answers of a web server by status, with four threads for the parts of its log."""
from concurrent.futures import ThreadPoolExecutor


def read_line(i):
    return "%d /page/%d %d %d ms" % (i, i % 977, 200 + i * 31 % 5, i % 1009)  # @planted


def parsed(line):
    number, path, status, took, _ = line.split()  # @planted
    return int(number), path.strip("/").split("/"), int(status), int(took)  # @planted


def by_status(part):
    counts = {}
    for i in part:
        number, path, status, took = parsed(read_line(i))  # @planted
        slow = took > 900 and number % 2 == 0 and len(path) == 2  # @planted
        counts[status, slow] = counts.get((status, slow), 0) + 1  # @planted
    return counts


def total(n, parts):
    counts = {}
    with ThreadPoolExecutor(parts) as pool:
        for found in pool.map(by_status, [range(part, n, parts) for part in range(parts)]):
            for key, value in found.items():
                counts[key] = counts.get(key, 0) + value
    return counts


def report(n):
    days = {}
    for day in range(n):
        name = "day %03d" % (day * 31 % 366)
        days[name] = days.get(name, 0) + len(name) * day % 11
    return sum(days.values()) % 9973


counts = total(900000, 4)
print(sorted(counts.items())[:3], report(500000))
