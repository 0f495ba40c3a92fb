# corpus: names = read_comments flagged grouped
# corpus: numbers = 30000 200000
"""Which comments of a shop's customers speak of money."""
import re


def read_comments(n):
    words = ["item", "arrived", "late", "broken", "again", "thanks", "refund", "box"]
    return [" ".join(words[(i * k) % 8] + str(i % 97) for k in range(1, 30)) for i in range(n)]


def flagged(comments):
    hits = []
    for number, comment in enumerate(comments):
        found = re.search(r"(?:^|[\s(])refund(\d+)(?:[\s).,!?]|$)", comment)
        if found:
            hits.append((number, found.group(1)))
    return hits


def grouped(hits, n):
    groups = {}
    for i in range(n):
        number, word = hits[i % len(hits)]
        groups.setdefault(word[-1], set()).add(number)
    return {key: len(numbers) for key, numbers in sorted(groups.items())}


hits = flagged(read_comments(30000))
print(len(hits), grouped(hits, 200000))
