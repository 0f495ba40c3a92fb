//! Places the nodes of a directed graph in layers, callers above callees.
//!
//! Knows: cycles (edges against the order are turned for the placing), longest
//! paths, crossings (barycentres), and straightening. After Sugiyama, Tagawa and
//! Toda (1981). Small graphs only: a few hundred edges. Deterministic.

export interface Box { width: number; height: number }
export interface Link { from: number; to: number; weight: number }
export interface Placed { x: number; y: number }
export interface Layout {
  nodes: Placed[];
  /** Per link the points it runs through, in its own direction. */
  routes: Placed[][];
  /** Whether a link runs upwards. */
  isBack: boolean[];
  width: number;
  height: number;
}

const SWEEPS = 24, LAYER_GAP = 54, NODE_GAP = 26, DUMMY_WIDTH = 14;

interface Item { node: number; width: number; height: number; layer: number; x: number; up: { item: number; weight: number }[]; down: { item: number; weight: number }[] }

export function layeredLayout(boxes: readonly Box[], links: readonly Link[]): Layout {
  const isBack = backLinks(boxes.length, links);
  const ahead = links.map((link, at) => (isBack[at] ? { ...link, from: link.to, to: link.from } : link));
  const layerOf = longestPaths(boxes.length, ahead);
  const items: Item[] = boxes.map((box, node) => ({ node, ...box, layer: layerOf[node]!, x: 0, up: [], down: [] }));
  const chains = ahead.map((link) => chain(items, link));
  const layers = orderLayers(items);
  straighten(items, layers);
  closeGaps(items);
  return coordinates(items, layers, boxes.length, chains, isBack);
}

/** Links that close a cycle, found depth-first from the heaviest callers on. */
function backLinks(count: number, links: readonly Link[]): boolean[] {
  const out: number[][] = Array.from({ length: count }, () => []);
  const callers = new Int32Array(count);
  links.forEach((link, at) => {
    out[link.from]!.push(at);
    callers[link.to]!++;
  });
  for (const list of out) list.sort((a, b) => links[b]!.weight - links[a]!.weight || a - b);
  const isBack = links.map(() => false);
  const state = new Uint8Array(count);
  const order = [...Array(count).keys()].sort((a, b) => Number(callers[a]! > 0) - Number(callers[b]! > 0) || a - b);
  for (const root of order) {
    if (state[root] !== 0) continue;
    const stack: [number, number][] = [[root, 0]];
    state[root] = 1;
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const link = out[top[0]]![top[1]++];
      if (link === undefined) {
        state[top[0]] = 2;
        stack.pop();
        continue;
      }
      const to = links[link]!.to;
      if (state[to] === 1) isBack[link] = true;
      else if (state[to] === 0) {
        state[to] = 1;
        stack.push([to, 0]);
      }
    }
  }
  return isBack;
}

/** Each node one below its lowest caller. */
function longestPaths(count: number, links: readonly Link[]): Int32Array {
  const layer = new Int32Array(count), waiting = new Int32Array(count);
  const out: number[][] = Array.from({ length: count }, () => []);
  for (const link of links) {
    out[link.from]!.push(link.to);
    waiting[link.to]!++;
  }
  const ready = [...Array(count).keys()].filter((node) => waiting[node] === 0);
  for (let at = 0; at < ready.length; at++) {
    for (const to of out[ready[at]!]!) {
      layer[to] = Math.max(layer[to]!, layer[ready[at]!]! + 1);
      if (--waiting[to]! === 0) ready.push(to);
    }
  }
  // A node without callers moves down to just above whom it calls.
  const hasCaller = new Set(links.map((link) => link.to));
  for (let node = 0; node < count; node++) {
    if (!hasCaller.has(node) && out[node]!.length > 0) layer[node] = Math.min(...out[node]!.map((to) => layer[to]!)) - 1;
  }
  return layer;
}

/** A link over several layers gets a stand-in in each of them. */
function chain(items: Item[], link: Link): number[] {
  const out = [link.from];
  for (let layer = items[link.from]!.layer + 1; layer < items[link.to]!.layer; layer++) {
    out.push(items.push({ node: -1, width: DUMMY_WIDTH, height: 0, layer, x: 0, up: [], down: [] }) - 1);
  }
  out.push(link.to);
  for (let at = 1; at < out.length; at++) {
    // Stand-ins hold together more than anything, so that long links are straight.
    const isInner = items[out[at]!]!.node < 0 && items[out[at - 1]!]!.node < 0;
    const weight = (0.1 + link.weight) * (isInner ? 8 : 1);
    items[out[at - 1]!]!.down.push({ item: out[at]!, weight });
    items[out[at]!]!.up.push({ item: out[at - 1]!, weight });
  }
  return out;
}

function orderLayers(items: Item[]): number[][] {
  const layers: number[][] = [];
  items.forEach((item, at) => (layers[item.layer] ??= []).push(at));
  for (let layer = 0; layer < layers.length; layer++) layers[layer] ??= [];
  let best = layers.map((layer) => layer.slice()), fewest = crossings(items, layers);
  for (let sweep = 0; sweep < SWEEPS && fewest > 0; sweep++) {
    const isDown = sweep % 2 === 0;
    const position = new Float64Array(items.length);
    const note = (layer: number[]): void => layer.forEach((item, at) => (position[item] = at));
    layers.forEach(note);
    for (let step = 1; step < layers.length; step++) {
      const layer = layers[isDown ? step : layers.length - 1 - step]!;
      const center = new Map(layer.map((item, at) => {
        const near = isDown ? items[item]!.up : items[item]!.down;
        let sum = 0, weight = 0;
        for (const one of near) {
          sum += position[one.item]! * one.weight;
          weight += one.weight;
        }
        return [item, weight > 0 ? sum / weight : at];
      }));
      layer.sort((a, b) => center.get(a)! - center.get(b)! || position[a]! - position[b]!);
      note(layer);
    }
    const now = crossings(items, layers);
    if (now < fewest) {
      fewest = now;
      best = layers.map((layer) => layer.slice());
    }
  }
  return best;
}

function crossings(items: Item[], layers: number[][]): number {
  const position = new Int32Array(items.length);
  for (const layer of layers) layer.forEach((item, at) => (position[item] = at));
  let sum = 0;
  for (const layer of layers) {
    const ends: [number, number][] = layer.flatMap((item) => items[item]!.down.map((one): [number, number] => [position[item]!, position[one.item]!]));
    for (let a = 0; a < ends.length; a++) for (let b = a + 1; b < ends.length; b++) if ((ends[a]![0] - ends[b]![0]) * (ends[a]![1] - ends[b]![1]) < 0) sum++;
  }
  return sum;
}

/** Moves items towards their neighbours, in the order they have, never into each other. */
function straighten(items: Item[], layers: number[][]): void {
  const room = (a: number, b: number): number => (items[a]!.width + items[b]!.width) / 2 + (items[a]!.node < 0 || items[b]!.node < 0 ? NODE_GAP / 2 : NODE_GAP);
  for (const layer of layers) {
    layer.forEach((item, at) => (items[item]!.x = at === 0 ? 0 : items[layer[at - 1]!]!.x + room(layer[at - 1]!, item)));
    const last = layer[layer.length - 1];
    const middle = last === undefined ? 0 : items[last]!.x / 2;
    for (const item of layer) items[item]!.x -= middle;
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (let step = 0; step < layers.length; step++) {
      const layer = layers[sweep % 2 === 0 ? step : layers.length - 1 - step]!;
      const wanted = layer.map((item) => {
        const near = sweep % 4 < 2 ? [...items[item]!.up, ...items[item]!.down] : sweep % 2 === 0 ? items[item]!.up : items[item]!.down;
        let sum = 0, weight = 0;
        for (const one of near) {
          sum += items[one.item]!.x * one.weight;
          weight += one.weight;
        }
        return weight > 0 ? sum / weight : items[item]!.x;
      });
      placeNear(items, layer, wanted, room);
    }
  }
}

/** Least squares with minimum distances: neighbours that would overlap move as one block. */
function placeNear(items: Item[], layer: number[], wanted: number[], room: (a: number, b: number) => number): void {
  // Offsets turn minimum distances into an order; blocks keep their mean (pool adjacent violators).
  const offset: number[] = [];
  layer.forEach((item, at) => offset.push(at === 0 ? 0 : offset[at - 1]! + room(layer[at - 1]!, item)));
  const blocks: { sum: number; weight: number; first: number }[] = [];
  layer.forEach((item, at) => {
    const weight = items[item]!.node < 0 ? 2 : 1;
    let block = { sum: (wanted[at]! - offset[at]!) * weight, weight, first: at };
    while (blocks.length > 0) {
      const before = blocks[blocks.length - 1]!;
      if (before.sum / before.weight <= block.sum / block.weight) break;
      blocks.pop();
      block = { sum: before.sum + block.sum, weight: before.weight + block.weight, first: before.first };
    }
    blocks.push(block);
  });
  blocks.forEach((block, index) => {
    const end = blocks[index + 1]?.first ?? layer.length;
    for (let at = block.first; at < end; at++) items[layer[at]!]!.x = block.sum / block.weight + offset[at]!;
  });
}

/** Parts that nothing connects stand side by side, without a gap that means nothing. */
function closeGaps(items: Item[]): void {
  const part = new Int32Array(items.length).fill(-1);
  const spans: { left: number; right: number; part: number }[] = [];
  items.forEach((_, start) => {
    if (part[start] !== -1) return;
    const span = { left: Infinity, right: -Infinity, part: spans.push({ left: 0, right: 0, part: 0 }) - 1 };
    const open = [start];
    part[start] = span.part;
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      const item = items[at]!;
      span.left = Math.min(span.left, item.x - item.width / 2);
      span.right = Math.max(span.right, item.x + item.width / 2);
      for (const near of [...item.up, ...item.down]) {
        if (part[near.item] !== -1) continue;
        part[near.item] = span.part;
        open.push(near.item);
      }
    }
    spans[span.part] = span;
  });
  const shift = new Float64Array(spans.length);
  let right = Infinity, moved = 0;
  for (const span of spans.slice().sort((a, b) => a.left - b.left || a.part - b.part)) {
    if (span.left > right + 2 * NODE_GAP) moved += span.left - right - 2 * NODE_GAP;
    shift[span.part] = moved;
    right = right === Infinity ? span.right : Math.max(right, span.right);
  }
  items.forEach((item, at) => (item.x -= shift[part[at]!]!));
}

function coordinates(items: Item[], layers: number[][], count: number, chains: number[][], isBack: boolean[]): Layout {
  let left = Infinity, right = -Infinity;
  for (const item of items) {
    left = Math.min(left, item.x - item.width / 2);
    right = Math.max(right, item.x + item.width / 2);
  }
  const middles: number[] = [], tops: number[] = [], bottoms: number[] = [];
  let y = 0;
  for (const layer of layers) {
    const high = layer.reduce((most, item) => Math.max(most, items[item]!.height), 0);
    tops.push(y);
    middles.push(y + high / 2);
    bottoms.push(y + high);
    y += high + LAYER_GAP;
  }
  const nodes = items.slice(0, count).map((item) => ({ x: item.x - left, y: middles[item.layer]! }));
  const routes = chains.map((chained, link) => {
    const points: Placed[] = [];
    chained.forEach((at, step) => {
      const item = items[at]!, x = item.x - left;
      if (item.node >= 0) points.push({ x, y: middles[item.layer]! + (step === 0 ? item.height / 2 : -item.height / 2) });
      else points.push({ x, y: tops[item.layer]! }, { x, y: bottoms[item.layer]! });
    });
    return isBack[link] ? points.reverse() : points;
  });
  return { nodes, routes, isBack, width: count === 0 ? 0 : right - left, height: Math.max(0, y - LAYER_GAP) };
}
