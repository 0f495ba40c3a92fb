# corpus: names = read_comments banned_words flagged grouped
# corpus: numbers = 9 730 400000
"""Which comments of a shop's customers hold words that have to be looked at by a person."""
import re


def read_comments(n):
    words = ["item", "arrived", "late", "broken", "again", "thanks", "refund", "box"]
    return [" ".join(words[(i * k) % 8] + str(i % 97) for k in range(1, 30)) for i in range(n)]


def banned_words(n):
    return ["refund%d" % i for i in range(n)]


def flagged(comments, words):
    hits = []
    patterns = [(word, re.compile(r"(?:^|[\s(])%s(?:[\s).,!?]|$)" % word)) for word in words]
    for number, comment in enumerate(comments):
        for word, pattern in patterns:
            if pattern.search(comment):
                hits.append((number, word))
    return hits


def grouped(hits, n):
    groups = {}
    for i in range(n):
        number, word = hits[i % len(hits)]
        groups.setdefault(word[-1], set()).add(number)
    return {key: len(numbers) for key, numbers in sorted(groups.items())}


hits = flagged(read_comments(9), banned_words(730))
print(len(hits), grouped(hits, 400000))
