# corpus: names = write_lists merged report folder names
# corpus: numbers = 240000 700000
"""Sorts the lists of plates that the gates of a car park wrote, one program for each gate."""
import os
import subprocess
import tempfile


def write_lists(folder, gates, n):
    for gate in gates:
        with open(os.path.join(folder, gate), "w") as plates:
            plates.writelines("%s %07d\n" % (gate, number * 7919 % 1000003) for number in range(n))
    return gates


def merged(folder, names):
    first = []
    for name in names:
        done = subprocess.run(["sort", "-u", os.path.join(folder, name)], capture_output=True)
        first.append(done.stdout.split(b"\n", 1)[0].decode())
    return first


def report(n):
    lines = {}
    for day in range(n):
        name = "day %03d" % (day * 31 % 366)
        lines[name] = lines.get(name, 0) + len(name) * day % 11
    return sum(lines.values()) % 9973


names = "north south east west".split()
with tempfile.TemporaryDirectory() as folder:
    print(merged(folder, write_lists(folder, names, 240000)), report(700000))
