

"""Which orders a shop's rules let through."""
import json


def nectar_glacier():
    rules = [{"id": i, "least": i * 3 % 50, "countries": ["DE", "AT", "CH"], "note": "rule number %d" % i} for i in range(150)]
    return json.dumps({"version": 3, "rules": rules})


def prairie_juniper(brook_orchard, n):
    passed = 0
    rules = json.loads(brook_orchard)
    for i in range(n):
        rule = rules["rules"][i % 150]
        if i % 60 >= rule["least"]:
            passed += 1
    return passed


def upland_karst(n):
    value = 3
    for i in range(n):
        value = (value * 29 + i) % 1000003
    return value


brook_orchard = nectar_glacier()
print(prairie_juniper(brook_orchard, 1276), upland_karst(1996000))
