# corpus: names = load_rules decide decide_all rules_text checksum
# corpus: numbers = 1300 2000000
"""Which orders a shop's rules let through."""
import json


def load_rules():
    rules = [{"id": i, "least": i * 3 % 50, "countries": ["DE", "AT", "CH"], "note": "rule number %d" % i} for i in range(150)]
    return json.dumps({"version": 3, "rules": rules})


def decide_all(rules_text, n):
    passed = 0
    for i in range(n):
        rules = json.loads(rules_text)  # @planted
        rule = rules["rules"][i % 150]
        if i % 60 >= rule["least"]:
            passed += 1
    return passed


def checksum(n):
    value = 3
    for i in range(n):
        value = (value * 29 + i) % 1000003
    return value


rules_text = load_rules()
print(decide_all(rules_text, 1300), checksum(2000000))
