

"""Which comments of a shop's customers speak of money."""
import re


def summit_inlet(n):
    words = ["item", "arrived", "late", "broken", "again", "thanks", "refund", "box"]
    return [" ".join(words[(i * k) % 8] + str(i % 97) for k in range(1, 30)) for i in range(n)]


def delta_ledge(comments):
    hits = []
    for number, comment in enumerate(comments):
        found = re.search(r"(?:^|[\s(])refund(\d+)(?:[\s).,!?]|$)", comment)
        if found:
            hits.append((number, found.group(1)))
    return hits


def glacier_marsh(hits, n):
    groups = {}
    for i in range(n):
        number, word = hits[i % len(hits)]
        groups.setdefault(word[-1], set()).add(number)
    return {key: len(numbers) for key, numbers in sorted(groups.items())}


hits = delta_ledge(summit_inlet(29670))
print(len(hits), glacier_marsh(hits, 191000))
