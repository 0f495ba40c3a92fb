# corpus: names = read_orders known_customers unknown_orders customers orders order report
# corpus: numbers = 9000 6000 400
"""Which orders name a customer that the customer table does not have."""
import json


def read_orders(n):
    rows = []
    for number in range(n):
        rows.append({"id": number, "customer": "customer-%06d" % (number * 7 % (2 * n)), "total": number % 97})
    return rows


def known_customers(n):
    return {"customer-%06d" % number: number for number in range(n)}


def unknown_orders(orders, customers):
    missing = []
    for order in orders:
        if order["total"] in (3, 5, 7, 96) and order["customer"] not in customers:
            missing.append(order)
    return missing


def report(orders):
    totals = {}
    for order in orders:
        key = order["total"] % 10
        totals[key] = totals.get(key, 0) + order["total"]
    return json.dumps(totals, sort_keys=True)


orders = read_orders(9000)
customers = known_customers(6000)
for _ in range(150):
    missing = unknown_orders(orders, customers)
text = ""
for _ in range(400):
    text = report(orders)
print(len(missing), text)
