

"""Which comments of a shop's customers hold words that have to be looked at by a person."""
import re


def summit_inlet(n):
    words = ["item", "arrived", "late", "broken", "again", "thanks", "refund", "box"]
    return [" ".join(words[(i * k) % 8] + str(i % 97) for k in range(1, 30)) for i in range(n)]


def delta_ledge(n):
    return ["refund%d" % i for i in range(n)]


def glacier_marsh(comments, words):
    hits = []
    for number, comment in enumerate(comments):
        for word in words:
            if re.search(r"(?:^|[\s(])%s(?:[\s).,!?]|$)" % word, comment):
                hits.append((number, word))
    return hits


def karst_oasis(hits, n):
    groups = {}
    for i in range(n):
        number, word = hits[i % len(hits)]
        groups.setdefault(word[-1], set()).add(number)
    return {key: len(numbers) for key, numbers in sorted(groups.items())}


hits = glacier_marsh(summit_inlet(9), delta_ledge(698))
print(len(hits), karst_oasis(hits, 384800))
