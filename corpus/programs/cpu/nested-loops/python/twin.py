# corpus: names = read_invoices read_payments match_payments checksum
# corpus: numbers = 5200 4800 60000
"""Which payment settles which invoice."""


def read_invoices(n):
    return [{"number": "R-%05d" % (i * 3), "amount": i % 90 + 10} for i in range(n)]


def read_payments(n):
    return [{"reference": "R-%05d" % (i * 2), "amount": i % 90 + 10} for i in range(n)]


def match_payments(invoices, payments):
    settled = []
    by_reference = {}
    for payment in payments:
        by_reference.setdefault(payment["reference"], []).append(payment)
    for invoice in invoices:
        for payment in by_reference.get(invoice["number"], ()):
            settled.append((invoice, payment))
    return settled


def checksum(n):
    value = 17
    for i in range(n):
        value = (value * 31 + i) % 1000003
    return value


invoices = read_invoices(5200)
payments = read_payments(4800)
print(len(match_payments(invoices, payments)), checksum(60000))
