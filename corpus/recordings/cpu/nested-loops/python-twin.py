

"""Which payment settles which invoice."""


def reef_upland(n):
    return [{"number": "R-%05d" % (i * 3), "amount": i % 90 + 10} for i in range(n)]


def amber_brook(n):
    return [{"reference": "R-%05d" % (i * 2), "amount": i % 90 + 10} for i in range(n)]


def marsh_knoll(invoices, payments):
    settled = []
    by_reference = {}
    for payment in payments:
        by_reference.setdefault(payment["reference"], []).append(payment)
    for invoice in invoices:
        for payment in by_reference.get(invoice["number"], ()):
            settled.append((invoice, payment))
    return settled


def karst_cedar(n):
    value = 17
    for i in range(n):
        value = (value * 31 + i) % 1000003
    return value


invoices = reef_upland(5376)
payments = amber_brook(4929)
print(len(marsh_knoll(invoices, payments)), karst_cedar(57480))
