//! The order of the table of functions.

import type { Model } from '../data/model';
import { frameKindName, frameLocation, frameModule, frameName } from './frames';
import type { FunctionTable } from './table';

export const SORTS = ['self', 'total', 'samples', 'name', 'kind', 'module', 'place'] as const;
export type Sort = (typeof SORTS)[number];
export interface Order { by: Sort; rising: boolean }

/** Numbers begin with the largest, words with the first. */
export function naturalOrder(by: Sort): Order {
  return { by, rising: by === 'name' || by === 'kind' || by === 'module' || by === 'place' };
}

/** `self`, `self.rising`, `name.falling`: what an address holds. */
export function readOrder(text: string | undefined): Order {
  const [by, direction] = (text ?? '').split('.');
  const natural = naturalOrder(SORTS.find((one) => one === by) ?? 'self');
  return direction === 'rising' || direction === 'falling' ? { ...natural, rising: direction === 'rising' } : natural;
}
export function writeOrder(order: Order): string {
  return order.rising === naturalOrder(order.by).rising ? order.by : `${order.by}.${order.rising ? 'rising' : 'falling'}`;
}

/** Functions that the search keeps, in order; equal ones by own value, total and number. */
export function sortedFunctions(model: Model, table: FunctionTable, matches: Uint8Array | null, order: Order): Int32Array {
  const fns = matches ? table.fns.filter((fn) => matches[fn] === 1) : table.fns.slice();
  const words = (of: (fn: number) => string): ((a: number, b: number) => number) => {
    const known = new Map<number, string>();
    for (const fn of fns) known.set(fn, of(fn));
    return (a, b) => {
      const one = known.get(a)!, other = known.get(b)!;
      return one < other ? -1 : one > other ? 1 : 0;
    };
  };
  const columns: Record<Sort, () => (a: number, b: number) => number> = {
    self: () => (a, b) => table.self[a]! - table.self[b]!,
    total: () => (a, b) => table.total[a]! - table.total[b]!,
    samples: () => (a, b) => table.totalN[a]! - table.totalN[b]!,
    name: () => words((fn) => frameName(model, fn).slice(0, 1000).toLowerCase()),
    kind: () => words((fn) => frameKindName(model, fn)),
    module: () => words((fn) => frameModule(model, fn)),
    place: () => words((fn) => frameLocation(model, fn)),
  };
  const compare = columns[order.by](), sign = order.rising ? 1 : -1;
  return fns.sort((a, b) => sign * compare(a, b) || table.self[b]! - table.self[a]! || table.total[b]! - table.total[a]! || a - b);
}
