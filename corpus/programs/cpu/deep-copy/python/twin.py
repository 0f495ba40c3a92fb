# corpus: names = load_settings apply_order price_orders settings orders
# corpus: numbers = 420 1500000
"""The prices of orders under the rules of a shop, which each order may change for itself."""

def load_settings():
    regions = {}
    for i in range(60):
        regions["region-%d" % i] = {"tax": 7 + i % 13, "steps": [{"from": j * 10, "rebate": j % 5} for j in range(12)]}
    return {"currency": "EUR", "rebate": 0, "regions": regions}


def apply_order(settings, order):
    own = dict(settings)
    own["rebate"] = order["rebate"]
    region = own["regions"]["region-%d" % (order["id"] % 60)]
    step = region["steps"][order["pieces"] % 12]
    return order["pieces"] * (100 - own["rebate"] - step["rebate"]) * (100 + region["tax"])


def price_orders(settings, n):
    total = 0
    for i in range(n):
        total += apply_order(settings, {"id": i, "pieces": i % 40 + 1, "rebate": i % 4})
    return total


def checksum(n):
    value = 3
    for i in range(n):
        value = (value * 29 + i) % 1000003
    return value


settings = load_settings()
print(price_orders(settings, 420), checksum(1500000))
