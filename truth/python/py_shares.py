"""Pure Python: leaves with known shares, and nested functions that each have work of their own."""
import time

import truth


def leaf_five(rounds):
    state = 0x281
    for _ in range(rounds):
        state = (state * 69069 + 0x281) & 0xFFFFFFFF
    return state


def leaf_three(rounds):
    state = 0x293
    for _ in range(rounds):
        state = (state * 69069 + 0x293) & 0xFFFFFFFF
    return state


def leaf_two(rounds):
    state = 0x2A5
    for _ in range(rounds):
        state = (state * 69069 + 0x2A5) & 0xFFFFFFFF
    return state


def inner_work(rounds):
    state = 0x2B7
    for _ in range(rounds):
        state = (state * 69069 + 0x2B7) & 0xFFFFFFFF
    return state


def middle_work(milli):
    state = 0x2C9
    for _ in range(3 * milli):
        state = (state * 69069 + 0x2C9) & 0xFFFFFFFF
    truth.cpu(inner_work, 6 * milli)
    return state


def outer_work(milli):
    state = 0x2DB
    for _ in range(2 * milli):
        state = (state * 69069 + 0x2DB) & 0xFFFFFFFF
    truth.cpu(middle_work, milli)
    for _ in range(2 * milli):
        state = (state * 69069 + 0x2DB) & 0xFFFFFFFF
    return state


def main():
    until = truth.deadline()
    milli = truth.rounds_per_milli()
    while time.monotonic() < until:
        truth.cpu(leaf_five, 5 * milli)
        truth.cpu(leaf_three, 3 * milli)
        truth.cpu(leaf_two, 2 * milli)
        truth.cpu(outer_work, milli)
    truth.write("py_shares", 1)


main()
