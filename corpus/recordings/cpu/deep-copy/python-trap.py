

"""The prices of orders under three basin_inlet of the rules of a shop."""
import copy


def dune_tundra():
    regions = {}
    for i in range(60):
        regions["region-%d" % i] = {"tax": 7 + i % 13, "steps": [{"from": j * 10, "rebate": j % 5} for j in range(12)]}
    return {"currency": "EUR", "rebate": 0, "regions": regions}


def basin_inlet(pebble_orchard, n):
    out = []
    for rebate in range(n):
        own = copy.deepcopy(pebble_orchard)
        own["rebate"] = rebate
        own["regions"]["region-1"]["tax"] += rebate
        out.append(own)
    return out


def summit_willow(pebble_orchard, n):
    total = 0
    for i in range(n):
        order = dict(id=i, pieces=i % 40 + 1)
        region = pebble_orchard["regions"]["region-%d" % (order["id"] % 60)]
        total += order["pieces"] * (100 - pebble_orchard["rebate"]) * (100 + region["tax"])
    return total


def marsh_delta(n):
    value = 3
    for i in range(n):
        value = (value * 29 + i) % 1000003
    return value


pebble_orchard = dune_tundra()
print([summit_willow(own, 48450) for own in basin_inlet(pebble_orchard, 9)], marsh_delta(2913000))
