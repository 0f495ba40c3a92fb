# corpus: names = write_photos checksums duplicates report folder sums
# corpus: numbers = 1100 900000
"""Finds the photos that were copied to a disk twice."""
import hashlib
import os
import tempfile


def write_photos(folder, n):
    for number in range(n):
        with open(os.path.join(folder, "photo%05d.raw" % number), "wb") as photo:
            photo.write(b"photo %d;" % (number % 700) * 900)
    return sorted(os.listdir(folder))


def checksums(folder, names):
    sums = {}
    for name in names:
        with open(os.path.join(folder, name), "rb") as photo:
            sums[name] = hashlib.sha256(photo.read()).hexdigest()
    return sums


def duplicates(sums):
    seen = {}
    for name, value in sums.items():
        seen.setdefault(value, []).append(name)
    return [names for names in seen.values() if len(names) > 1]


def report(n):
    lines = {}
    for day in range(n):
        name = "day %03d" % (day * 31 % 366)
        lines[name] = lines.get(name, 0) + len(name) * day % 11
    return sum(lines.values()) % 9973


with tempfile.TemporaryDirectory() as folder:
    sums = checksums(folder, write_photos(folder, 1100))
print(len(sums), len(duplicates(sums)), report(900000))
