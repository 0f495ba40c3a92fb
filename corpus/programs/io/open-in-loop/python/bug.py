# corpus: names = convert rate_of rates orders order price total currency
# corpus: numbers = 60000 30
"""Converts orders with the exchange rates of a file."""


def convert(orders, rates):
    total = 0.0
    for order in orders:
        with open(rates) as table:  # @planted
            price = float(table.readline().split("=")[1])
        total += order["price"] * price
    return total


with open("rates.txt", "w") as table:
    table.write("EUR=1.25\nCHF=1.1\n")
orders = [{"price": number % 97, "currency": "EUR"} for number in range(60000)]
checked = 0
for number in range(3000000):
    checked += number * number % 97
print(convert(orders, "rates.txt"), checked)
