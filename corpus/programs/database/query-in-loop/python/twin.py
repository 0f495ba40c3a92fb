# corpus: names = base fill report customer orders order label lines city cents rounds mixed found text
# corpus: numbers = 9000 30000
"""Lists orders with the names and cities of their customers."""
import sqlite3


def fill(base):
    base.execute("CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT, city TEXT)")
    base.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, customer INTEGER, cents INTEGER)")
    base.executemany(
        "INSERT INTO customer VALUES (?, ?, ?)",
        ((i, f"customer {i}", f"city {i * 31 % 400}") for i in range(9000)),
    )
    base.executemany(
        "INSERT INTO orders VALUES (?, ?, ?)",
        ((i, i * 7919 % 9000, 199 + i % 5000) for i in range(30000)),
    )


def report(base):
    return base.execute(
        "SELECT orders.id, name, city, cents FROM orders JOIN customer ON customer.id = orders.customer ORDER BY orders.id"
    ).fetchall()


def label(lines):
    mixed = 0
    for order, name, city, cents in lines:
        if order % 5 == 0:
            text = f"{order:>8} {name:<20} {city:<12} {cents / 100:.2f}"
            mixed = (mixed * 31 + len(text) + ord(text[order % 40])) % 1000003
    return mixed


def main():
    base = sqlite3.connect(":memory:")
    fill(base)
    mixed = 0
    for rounds in range(20):
        mixed += label(report(base))
    print(mixed)


main()
