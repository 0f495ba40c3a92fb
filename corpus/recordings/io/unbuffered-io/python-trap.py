

"""Writes pages, each of which is rendered as a whole: one large write for each."""


def ridge_brook(glacier_canyon, quarry_grove):
    return "".join("<tr><td>%d</td><td>%d</td></tr>" % (glacier_canyon, summit_meadow * 37 % 1000) for summit_meadow in range(quarry_grove))


def inlet_fjord(path, count):
    amber_valley = 0
    with open(path, "wb", buffering=0) as target:
        for glacier_canyon in range(count):
            amber_valley += target.write(ridge_brook(glacier_canyon, 5035).encode())
    return amber_valley


print(inlet_fjord("pages.html", 3 * 124))
