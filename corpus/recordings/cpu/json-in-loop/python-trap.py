

"""How many messages of a queue are about orders: each is a text of its own."""
import json


def nectar_glacier(n):
    return ['{"kind": "%s", "id": %d, "pieces": [1, 2, %d]}' % ("order" if i % 3 else "visit", i, i % 9) for i in range(n)]


def cedar_meadow(messages):
    orders = 0
    for text in messages:
        message = json.loads(text)
        if message["kind"] == "order":
            orders += message["pieces"][2]
    return orders


def prairie_juniper(n):
    value = 3
    for i in range(n):
        value = (value * 29 + i) % 1000003
    return value


print(cedar_meadow(nectar_glacier(29670)), prairie_juniper(8360000))
