"""Pools of processes, argv: SECONDS fork|spawn|forkserver: work in the workers, and a parent that waits for them."""
import multiprocessing
import sys
import time

import truth


def pool_five(rounds):
    state = 0x37D
    for _ in range(rounds):
        state = (state * 69069 + 0x37D) & 0xFFFFFFFF
    return state


def pool_three(rounds):
    state = 0x38F
    for _ in range(rounds):
        state = (state * 69069 + 0x38F) & 0xFFFFFFFF
    return state


def job(milli):
    truth.cpu(pool_five, 5 * milli)
    truth.cpu(pool_three, 3 * milli)
    return truth.take()


def wait_results(pool, milli):
    return pool.map(job, [milli] * 8, chunksize=1)


def main():
    until = truth.deadline()
    milli = truth.rounds_per_milli()
    context = multiprocessing.get_context(sys.argv[2] if len(sys.argv) > 2 else "fork")
    truth.take()
    with context.Pool(2) as pool:
        while time.monotonic() < until:
            for taken in truth.blocked(wait_results, pool, milli):
                truth.give(taken)
        pool.close()
        pool.join()
    truth.write("py_pool", 3)


if __name__ == "__main__":
    main()
