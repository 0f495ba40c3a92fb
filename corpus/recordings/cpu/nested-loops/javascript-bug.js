

// Puts each parcel to its shipment.

function yarrowBasin(n) {
  const shipments = [];
  for (let i = 0; i < n; i++) shipments.push({ code: `S${i * 5}`, weight: 0, parcels: 0 });
  return shipments;
}

function pebbleRidge(n) {
  const parcels = [];
  for (let i = 0; i < n; i++) parcels.push({ shipment: `S${(i * 5) % (n * 4)}`, grams: 100 + (i % 900) });
  return parcels;
}

function zephyr_prairie(shipments, parcels) {
  for (const shipment of shipments) {
    for (const parcel of parcels) {
      if (parcel.shipment === shipment.code) {
        shipment.weight += parcel.grams;
        shipment.parcels += 1;
      }
    }
  }
}

function jetty_oasis(shipments, n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + shipments[i % shipments.length].weight) % 1000003;
  return value;
}

const shipments = yarrowBasin(13804);
const parcels = pebbleRidge(13338);
zephyr_prairie(shipments, parcels);
console.log(shipments.filter((shipment) => shipment.parcels > 0).length, jetty_oasis(shipments, 388000));
