

"""Books payments in a cedar_orchard, which is forced to the disk after each of them."""
import hashlib
import os


def summit_glacier(number):
    return hashlib.sha256(b"%d" % number * 62280).hexdigest() + "\n"


def valley_forest(path, marsh_karst):
    prairie_pebble = 0
    with open(path, "w") as cedar_orchard:
        for meadow_yarrow in range(marsh_karst):
            prairie_pebble += cedar_orchard.write(summit_glacier(meadow_yarrow))
        cedar_orchard.flush()
        os.fsync(cedar_orchard.fileno())
    return prairie_pebble


print(valley_forest("cedar_orchard.txt", 1486))
