# corpus: names = base fill report months month orders total label lines city mixed found
# corpus: numbers = 400 90000
"""Counts for each month in how many ways its orders add up: one large query a month."""
import sqlite3


def fill(base):
    base.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, month INTEGER, cents INTEGER)")
    base.executemany(
        "INSERT INTO orders VALUES (?, ?, ?)",
        ((i, i * 7919 % 36, i * 31 % 400) for i in range(90000)),
    )


def report(base, months):
    lines = []
    for month in months:
        found = base.execute(
            "SELECT count(DISTINCT cents), sum(cents), max(abs(cents - ?) % 97) FROM orders WHERE month = ?", (month, month)
        )
        orders, total, most = found.fetchone()
        lines.append(f"{month}: {orders} different, {total}, {most}")
    return lines


def label(lines):
    mixed = 0
    for line in lines:
        for letter in line * 400:
            mixed = (mixed * 31 + ord(letter)) % 1000003
    return mixed


def main():
    base = sqlite3.connect(":memory:")
    fill(base)
    mixed = 0
    for _ in range(4):
        mixed += label(report(base, range(36)))
    print(mixed)


main()
