# corpus: names = convert rate_of rates orders order price total currency
# corpus: numbers = 60000 30
"""Converts orders with the exchange rates of a file."""
import json


def convert(orders, rates):
    total = 0.0
    with open(rates) as table:
        price = float(table.readline().split("=")[1])
    for order in orders:
        total += order["price"] * price
    return total


with open("rates.txt", "w") as table:
    table.write("EUR=1.25\nCHF=1.1\n")
orders = [{"price": number % 97, "currency": "EUR"} for number in range(60000)]
text = ""
for _ in range(3):
    text = json.dumps(orders)
print(convert(orders, "rates.txt"), len(text))
