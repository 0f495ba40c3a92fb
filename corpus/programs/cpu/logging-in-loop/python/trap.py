# corpus: names = read_parcels sort_parcels parcels bins weigh rounds parcel grams
# corpus: numbers = 900000 20
"""Sorts parcels into bins and says now and then how far it is."""
import logging
import tempfile

log = logging.getLogger("sorting")


def read_parcels(count):
    return [(number, number * 7919 % 30011, number * 31 % 400) for number in range(count)]


def sort_parcels(parcels):
    bins = {}
    for number, grams, place in parcels:
        bins.setdefault(place, []).append(grams)
        if number % 20000 == 0:
            log.info("%d of %d parcels, %d bins", number, len(parcels), len(bins))
    return bins


def weigh(bins, rounds):
    total = 0
    for turn in range(rounds):
        for place, grams in bins.items():
            log.debug("bin %d", place)
            total += max(grams) * turn + sum(grams) // (place + 1)
    return total


with tempfile.NamedTemporaryFile("w", suffix=".log") as out:
    handler = logging.FileHandler(out.name)
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    parcels = read_parcels(900000)
    total = weigh(sort_parcels(parcels), 20)
print(total)
