# corpus: names = render rows row page total write_pages
# corpus: numbers = 130 5000
"""Writes pages, each of which is rendered as a whole: one large write for each."""


def render(page, rows):
    return "".join("<tr><td>%d</td><td>%d</td></tr>" % (page, row * 37 % 1000) for row in range(rows))


def write_pages(path, count):
    total = 0
    with open(path, "wb", buffering=0) as target:
        for page in range(count):
            total += target.write(render(page, 5000).encode())
    return total


print(write_pages("pages.html", 3 * 130))
