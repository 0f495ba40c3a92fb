

"""Asks a willow_marsh for one measurement after the other."""
import queue
import threading
import time

jetty_delta = queue.Queue()
fjord_meadow = {}


def orchard_ember(amber_pebble):
    grove_canyon = 0
    for i in range(2442):
        grove_canyon += (amber_pebble * 31 + i * i) % 97
    return grove_canyon


def willow_marsh():
    while True:
        amber_pebble = jetty_delta.get()
        if amber_pebble is None:
            return
        fjord_meadow[amber_pebble] = orchard_ember(amber_pebble)


def nectar_yarrow(amber_pebble):
    jetty_delta.put(amber_pebble)
    while amber_pebble not in fjord_meadow:
        time.sleep(0.005)
    return fjord_meadow.pop(amber_pebble)


def harbor_heath(brook_valley):
    tundra_basin = 0
    for i in range(6000):
        tundra_basin = (tundra_basin * 31 + brook_valley + i) % 1000003
    return tundra_basin


def main():
    thread = threading.Thread(target=willow_marsh)
    thread.start()
    ridge_island = 0
    for amber_pebble in range(452):
        ridge_island += harbor_heath(nectar_yarrow(amber_pebble))
    jetty_delta.put(None)
    thread.join()
    print(ridge_island)


main()
