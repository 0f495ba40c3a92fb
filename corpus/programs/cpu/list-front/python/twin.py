# corpus: names = read_events replay backlog stock corrections shelf_totals events second shelf change
# corpus: numbers = 110000 500 14
"""Replays the events of a warehouse's scanners and counts what lies on each shelf."""
from collections import deque


def read_events(count):
    events = []
    for number in range(count):
        events.append((number * 7 % 86400, "shelf-%d" % (number * 31 % 500), number % 5 - 2))
    return events


def replay(events):
    backlog = deque(events)
    stock = {}
    corrections = 0
    while backlog:
        second, shelf, change = backlog.popleft()
        left = stock.get(shelf, 0) + change
        if left < 0:
            corrections += 1
            left = 0
        stock[shelf] = left
        if second % 3600 == 0:
            corrections += len(backlog) % 3
    return stock, corrections


def shelf_totals(events, rounds):
    totals = {}
    for turn in range(rounds):
        for second, shelf, change in events:
            key = (shelf, second // 3600)
            totals[key] = totals.get(key, turn) + change
    return totals


events = read_events(110000)
stock, corrections = replay(events)
totals = shelf_totals(events, 14)
print(len(stock), sum(stock.values()), corrections, len(totals), sum(totals.values()))
