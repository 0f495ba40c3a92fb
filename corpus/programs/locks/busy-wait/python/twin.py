# corpus: names = measure jobs job results worker ask answers answer total weigh weight
# corpus: numbers = 450 2500
"""Asks a worker for one measurement after the other."""
import queue
import threading

jobs = queue.Queue()
results = queue.Queue()


def measure(job):
    total = 0
    for i in range(2500):
        total += (job * 31 + i * i) % 97
    return total


def worker():
    while True:
        job = jobs.get()
        if job is None:
            return
        results.put(measure(job))


def ask(job):
    jobs.put(job)
    return results.get()


def weigh(answer):
    weight = 0
    for i in range(6000):
        weight = (weight * 31 + answer + i) % 1000003
    return weight


def main():
    thread = threading.Thread(target=worker)
    thread.start()
    answers = 0
    for job in range(450):
        answers += weigh(ask(job))
    jobs.put(None)
    thread.join()
    print(answers)


main()
