//! Builds a raw tree in which siblings with the same frame become one node.
//!
//! Knows: find-or-create of a child in constant time, on typed arrays (open
//! addressing over parent and frame). Does not know: where frames come from.

import type { RawTree } from './tree';

export class TreeBuilder {
  count = 1;
  fn: Int32Array;
  parent: Int32Array;
  self: Float64Array;
  selfN: Float64Array;
  otherSelf: Float64Array | null;
  flags: Uint8Array;
  private slots: Int32Array;
  private mask: number;

  constructor(expected: number, rootFn: number, withOther: boolean, private readonly isSideA: boolean) {
    const capacity = Math.max(16, expected);
    this.fn = new Int32Array(capacity);
    this.parent = new Int32Array(capacity);
    this.self = new Float64Array(capacity);
    this.selfN = new Float64Array(capacity);
    this.otherSelf = withOther ? new Float64Array(capacity) : null;
    this.flags = new Uint8Array(capacity);
    this.mask = slotCount(capacity) - 1;
    this.slots = new Int32Array(this.mask + 1);
    this.fn[0] = rootFn;
    this.parent[0] = -1;
  }

  /** The child of `parent` with this frame, made if there is none. */
  child(parent: number, fn: number, flags: number): number {
    let slot = hash(parent, fn) & this.mask;
    for (;;) {
      const node = this.slots[slot]!;
      if (node === 0) break;
      if (this.parent[node] === parent && this.fn[node] === fn) {
        // A frame is a folded remainder or inlined only if all that became it were.
        this.flags[node]! &= flags;
        return node;
      }
      slot = (slot + 1) & this.mask;
    }
    if (this.count === this.fn.length) {
      this.grow();
      return this.child(parent, fn, flags);
    }
    const node = this.append(parent, fn, flags);
    this.slots[slot] = node;
    return node;
  }

  /** A new child, for who knows that there is none yet; `child` will not find it. */
  append(parent: number, fn: number, flags: number): number {
    if (this.count === this.fn.length) this.grow();
    const node = this.count++;
    this.fn[node] = fn;
    this.parent[node] = parent;
    this.flags[node] = flags;
    return node;
  }

  /** Adds the own values of a node of another tree. */
  add(node: number, from: RawTree, index: number): void {
    this.self[node]! += from.self[index]!;
    this.selfN[node]! += from.selfN[index]!;
    if (this.otherSelf && from.otherSelf) this.otherSelf[node]! += from.otherSelf[index]!;
  }

  finish(): RawTree {
    const { count, fn, parent, self, selfN, otherSelf, flags, isSideA } = this;
    return { count, fn, parent, self, selfN, otherSelf, flags, isSideA };
  }

  private grow(): void {
    const capacity = this.fn.length * 2;
    this.fn = widen(this.fn, new Int32Array(capacity));
    this.parent = widen(this.parent, new Int32Array(capacity));
    this.self = widen(this.self, new Float64Array(capacity));
    this.selfN = widen(this.selfN, new Float64Array(capacity));
    if (this.otherSelf) this.otherSelf = widen(this.otherSelf, new Float64Array(capacity));
    this.flags = widen(this.flags, new Uint8Array(capacity));
    this.mask = slotCount(capacity) - 1;
    this.slots = new Int32Array(this.mask + 1);
    for (let node = 1; node < this.count; node++) {
      let slot = hash(this.parent[node]!, this.fn[node]!) & this.mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & this.mask;
      this.slots[slot] = node;
    }
  }
}

function widen<T extends Int32Array | Float64Array | Uint8Array>(from: T, to: T): T {
  to.set(from as never);
  return to;
}

/** A power of two of at least twice the nodes, so that probes stay short. */
function slotCount(capacity: number): number {
  let slots = 32;
  while (slots < capacity * 2) slots *= 2;
  return slots;
}

function hash(parent: number, fn: number): number {
  let value = Math.imul(parent, 0x9e3779b1) ^ Math.imul(fn + 0x7f4a7c15, 0x85ebca6b);
  value ^= value >>> 15;
  value = Math.imul(value, 0x2c1b3c6d);
  return value ^ (value >>> 13);
}
