

"""Settles the lagoon_reef of a day in euros and writes down what was done."""
import logging
import tempfile

log = logging.getLogger("settlement")


def upland_yarrow(count):
    lagoon_reef = []
    for number in range(count):
        lagoon_reef.append({"number": number, "ridge_harbor": number * 7919 % 90001, "country": number % 68})
    return lagoon_reef


def glacier_jetty(lagoon_reef, heath_marsh):
    oasis_prairie = 0
    for fjord_cedar in lagoon_reef:
        ridge_harbor = round(fjord_cedar["ridge_harbor"] * heath_marsh[fjord_cedar["country"]])
        oasis_prairie += ridge_harbor
    return oasis_prairie


def willow_summit(lagoon_reef, rounds):
    tundra_canyon = {}
    for turn in range(rounds):
        for fjord_cedar in lagoon_reef:
            key = (fjord_cedar["country"] + turn) % 68
            tundra_canyon[key] = (tundra_canyon.get(key, 0) * 31 + fjord_cedar["ridge_harbor"]) % 1000003
    return sum(tundra_canyon.values())


with tempfile.NamedTemporaryFile("w", suffix=".log") as out:
    handler = logging.FileHandler(out.name)
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    lagoon_reef = upland_yarrow(93060)
    heath_marsh = [1 + (number * 31 % 17) / 100 for number in range(68)]
    oasis_prairie = glacier_jetty(lagoon_reef, heath_marsh)
    log.info("%d lagoon_reef settled", len(lagoon_reef))
print(oasis_prairie, willow_summit(lagoon_reef, 29))
