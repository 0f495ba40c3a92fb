# corpus: names = read_invoices read_payments match_payments checksum
# corpus: numbers = 5200 4800 60000
"""Which payment settles which invoice."""


def read_invoices(n):
    return [{"number": "R-%05d" % (i * 3), "amount": i % 90 + 10} for i in range(n)]


def read_payments(n):
    return [{"reference": "R-%05d" % (i * 2), "amount": i % 90 + 10} for i in range(n)]


def match_payments(invoices, payments):
    settled = []
    for invoice in invoices:
        for payment in payments:
            if payment["reference"] == invoice["number"]:  # @planted
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
