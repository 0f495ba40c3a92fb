# corpus: names = read_orders read_items invoices orders items order lines totals
# corpus: numbers = 45000 700 9
"""Prints invoices whose lines are sorted by article: each order has lines of its own."""
import zlib


def read_orders(count):
    orders = []
    for number in range(count):
        items = [((number * k * 7919) % 700, k, number % 50 + k) for k in range(1, 13)]
        orders.append({"number": number, "customer": "customer-%d" % (number % 700), "items": items})
    return orders


def invoices(orders):
    totals = {}
    checksum = 0
    for order in orders:
        lines = sorted(order["items"])
        total = 0
        text = []
        for article, amount, cents in lines:
            total += amount * cents
            text.append("%05d %3d %8.2f" % (article, amount, cents / 100))
        checksum = zlib.crc32("\n".join(text).encode(), checksum)
        totals[order["customer"]] = totals.get(order["customer"], 0) + total
    return totals, checksum


totals, checksum = invoices(read_orders(45000))
print(len(totals), sum(totals.values()), checksum)
