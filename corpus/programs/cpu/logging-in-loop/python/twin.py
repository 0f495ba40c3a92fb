# corpus: names = read_orders settle orders paid per_country rates countries order cents
# corpus: numbers = 90000 70 30
"""Settles the orders of a day in euros and writes down what was done."""
import logging
import tempfile

log = logging.getLogger("settlement")


def read_orders(count):
    orders = []
    for number in range(count):
        orders.append({"number": number, "cents": number * 7919 % 90001, "country": number % 70})
    return orders


def settle(orders, rates):
    paid = 0
    for order in orders:
        cents = round(order["cents"] * rates[order["country"]])
        paid += cents
    return paid


def per_country(orders, rounds):
    countries = {}
    for turn in range(rounds):
        for order in orders:
            key = (order["country"] + turn) % 70
            countries[key] = (countries.get(key, 0) * 31 + order["cents"]) % 1000003
    return sum(countries.values())


with tempfile.NamedTemporaryFile("w", suffix=".log") as out:
    handler = logging.FileHandler(out.name)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    orders = read_orders(90000)
    rates = [1 + (number * 31 % 17) / 100 for number in range(70)]
    paid = settle(orders, rates)
    log.info("%d orders settled", len(orders))
print(paid, per_country(orders, 30))
