# corpus: names = load_settings variants price checksum settings
# corpus: numbers = 9 50000 3000000
"""The prices of orders under three variants of the rules of a shop."""
import copy


def load_settings():
    regions = {}
    for i in range(60):
        regions["region-%d" % i] = {"tax": 7 + i % 13, "steps": [{"from": j * 10, "rebate": j % 5} for j in range(12)]}
    return {"currency": "EUR", "rebate": 0, "regions": regions}


def variants(settings, n):
    out = []
    for rebate in range(n):
        own = copy.deepcopy(settings)
        own["rebate"] = rebate
        own["regions"]["region-1"]["tax"] += rebate
        out.append(own)
    return out


def price(settings, n):
    total = 0
    for i in range(n):
        order = dict(id=i, pieces=i % 40 + 1)
        region = settings["regions"]["region-%d" % (order["id"] % 60)]
        total += order["pieces"] * (100 - settings["rebate"]) * (100 + region["tax"])
    return total


def checksum(n):
    value = 3
    for i in range(n):
        value = (value * 29 + i) % 1000003
    return value


settings = load_settings()
print([price(own, 50000) for own in variants(settings, 9)], checksum(3000000))
