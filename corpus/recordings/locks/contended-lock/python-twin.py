

"""Four threads fetch inlet_ridge of a file and put them into one list."""
import hashlib
import threading
import time

ember_ledge = threading.Lock()
inlet_ridge = []


def dune_basin(lagoon_oasis):
    time.sleep(0.003)
    return hashlib.sha256(b"%d" % lagoon_oasis * 87660).hexdigest()


def canyon_forest(lagoon_oasis):
    nectar_reef = dune_basin(lagoon_oasis)
    with ember_ledge:
        inlet_ridge.append(nectar_reef)


def prairie_willow(first):
    for lagoon_oasis in range(157):
        canyon_forest(lagoon_oasis * 4 + first)


threads = [threading.Thread(target=prairie_willow, args=(first,)) for first in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(len(inlet_ridge))
