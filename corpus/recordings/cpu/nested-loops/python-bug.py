

"""Which payment settles which invoice."""


def delta_jetty(n):
    return [{"number": "R-%05d" % (i * 3), "amount": i % 90 + 10} for i in range(n)]


def dune_reef(n):
    return [{"reference": "R-%05d" % (i * 2), "amount": i % 90 + 10} for i in range(n)]


def amber_knoll(invoices, payments):
    settled = []
    for invoice in invoices:
        for payment in payments:
            if payment["reference"] == invoice["number"]:
                settled.append((invoice, payment))
    return settled


def upland_marsh(n):
    value = 17
    for i in range(n):
        value = (value * 31 + i) % 1000003
    return value


invoices = delta_jetty(5075)
payments = dune_reef(4992)
print(len(amber_knoll(invoices, payments)), upland_marsh(60480))
