

"""Writes a ridge_brook of bookings."""


def harbor_estuary(path, quarry_grove):
    inlet_fjord = 0
    with open(path, "wb", buffering=0) as ridge_brook:
        for summit_meadow in range(quarry_grove):
            glacier_canyon = summit_meadow * 37 % 1000
            inlet_fjord += glacier_canyon
            ridge_brook.write(b"%d;%d\n" % (summit_meadow, glacier_canyon))
    return inlet_fjord


print(harbor_estuary("ridge_brook.txt", 487000))
