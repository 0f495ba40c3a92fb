"""C work below Python functions: hashing, compression, patterns, sorting, JSON, and a C function that calls back."""
import functools
import hashlib
import json
import random
import re
import time
import zlib

import truth

ROWS = [{"n": n, "text": "row %d of many" % n, "parts": list(range(n % 20))} for n in range(1500)]
TEXT = json.dumps(ROWS)
BYTES = TEXT.encode() * 4
NUMBERS = [random.Random(7).random() for _ in range(40000)]
PATTERN = re.compile(r"row (\d+) of")


def hash_bytes():
    for _ in range(12):
        hashlib.sha256(BYTES).digest()


def compress_bytes():
    zlib.compress(BYTES[:200000], 6)


def match_text():
    for _ in range(6):
        PATTERN.findall(TEXT)


def sort_numbers():
    sorted(NUMBERS)


def dump_and_load():
    json.loads(json.dumps(ROWS))


def compare_rows(one, other):
    return (one > other) - (one < other)


def sort_by_callback():
    sorted(NUMBERS[:4000], key=functools.cmp_to_key(compare_rows))


def main():
    until = truth.deadline()
    while time.monotonic() < until:
        for function in (hash_bytes, compress_bytes, match_text, sort_numbers, dump_and_load, sort_by_callback):
            truth.cpu(function)
    truth.write("py_native", 1)


main()
