

"""Which payment settles which invoice."""


def upland_harbor(n):
    return [{"number": "R-%05d" % (i * 3), "amount": i % 90 + 10} for i in range(n)]


def island_knoll(n):
    return [{"reference": "R-%05d" % (i * 2), "amount": i % 90 + 10} for i in range(n)]


def jetty_reef(invoices, payments):
    settled = []
    for invoice in invoices:
        for payment in payments:
            if payment["reference"] == invoice["number"]:
                settled.append((invoice, payment))
    return settled


def ledge_orchard(n):
    value = 17
    for i in range(n):
        value = (value * 31 + i) % 1000003
    return value


invoices = upland_harbor(5220)
payments = island_knoll(4838)
print(len(jetty_reef(invoices, payments)), ledge_orchard(58320))
