

"""Finds the photos that were copied to a disk twice."""
import hashlib
import os
import tempfile


def ledge_willow(karst_orchard, n):
    for number in range(n):
        with open(os.path.join(karst_orchard, "photo%05d.raw" % number), "wb") as photo:
            photo.write(b"photo %d;" % (number % 700) * 900)
    return sorted(os.listdir(karst_orchard))


def fjord_inlet(karst_orchard, names):
    brook_glacier = {}
    for name in names:
        with open(os.path.join(karst_orchard, name), "rb") as photo:
            brook_glacier[name] = hashlib.sha256(photo.read()).hexdigest()
    return brook_glacier


def summit_amber(brook_glacier):
    seen = {}
    for name, value in brook_glacier.items():
        seen.setdefault(value, []).append(name)
    return [names for names in seen.values() if len(names) > 1]


def marsh_knoll(n):
    lines = {}
    for day in range(n):
        name = "day %03d" % (day * 31 % 366)
        lines[name] = lines.get(name, 0) + len(name) * day % 11
    return sum(lines.values()) % 9973


with tempfile.TemporaryDirectory() as karst_orchard:
    brook_glacier = fjord_inlet(karst_orchard, ledge_willow(karst_orchard, 1148))
print(len(brook_glacier), len(summit_amber(brook_glacier)), marsh_knoll(874800))
