# corpus: names = read_messages decide_all checksum
# corpus: numbers = 30000 8000000
"""How many messages of a queue are about orders: each is a text of its own."""
import json


def read_messages(n):
    return ['{"kind": "%s", "id": %d, "pieces": [1, 2, %d]}' % ("order" if i % 3 else "visit", i, i % 9) for i in range(n)]


def decide_all(messages):
    orders = 0
    for text in messages:
        message = json.loads(text)
        if message["kind"] == "order":
            orders += message["pieces"][2]
    return orders


def checksum(n):
    value = 3
    for i in range(n):
        value = (value * 29 + i) % 1000003
    return value


print(decide_all(read_messages(30000)), checksum(8000000))
