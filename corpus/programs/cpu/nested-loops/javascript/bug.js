// corpus: names = readShipments readParcels attach digest
// corpus: numbers = 14000 13000 400000
// Puts each parcel to its shipment.

function readShipments(n) {
  const shipments = [];
  for (let i = 0; i < n; i++) shipments.push({ code: `S${i * 5}`, weight: 0, parcels: 0 });
  return shipments;
}

function readParcels(n) {
  const parcels = [];
  for (let i = 0; i < n; i++) parcels.push({ shipment: `S${(i * 5) % (n * 4)}`, grams: 100 + (i % 900) });
  return parcels;
}

function attach(shipments, parcels) {
  for (const shipment of shipments) {
    for (const parcel of parcels) { // @planted
      if (parcel.shipment === shipment.code) { // @planted
        shipment.weight += parcel.grams;
        shipment.parcels += 1;
      }
    }
  }
}

function digest(shipments, n) {
  let value = 7;
  for (let i = 0; i < n; i++) value = (value * 31 + shipments[i % shipments.length].weight) % 1000003;
  return value;
}

const shipments = readShipments(14000);
const parcels = readParcels(13000);
attach(shipments, parcels);
console.log(shipments.filter((shipment) => shipment.parcels > 0).length, digest(shipments, 400000));
