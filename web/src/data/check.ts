//! Checks of parsed JSON: a value of a known type comes out, or an error that
//! names the field, what it is and what it has to be.
//!
//! Knows: shapes. Does not know: what any field means.

import { DamagedData } from './damaged';

export type Json = unknown;
/** Gives back a value that is what it has to be, or throws [`DamagedData`] naming its path. */
export type Check<T> = (value: Json, path: string) => T;

export function fail(path: string, value: Json, needed: string): never {
  const found = value === null ? 'null' : Array.isArray(value) ? 'an array' : typeof value;
  throw new DamagedData(`header: ${path} is ${found}, needs ${needed}`);
}
export const text: Check<string> = (value, path) => (typeof value === 'string' ? value : fail(path, value, 'text'));
export const flag: Check<boolean> = (value, path) => (typeof value === 'boolean' ? value : fail(path, value, 'true or false'));
export const number: Check<number> = (value, path) =>
  typeof value === 'number' && Number.isFinite(value) ? value : fail(path, value, 'a number');
export const whole: Check<number> = (value, path) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : fail(path, value, 'a whole number');
export const optional = <T>(check: Check<T>, absent: T): Check<T> => (value, path) => (value === undefined || value === null ? absent : check(value, path));
export const nullable = <T>(check: Check<T>): Check<T | null> => optional<T | null>(check, null);
export const list = <T>(item: Check<T>): Check<T[]> => (value, path) =>
  Array.isArray(value) ? value.map((one, index) => item(one, `${path}[${index}]`)) : fail(path, value, 'an array');
export const oneOf = <T extends string | number>(...allowed: T[]): Check<T> => (value, path) =>
  allowed.includes(value as T) ? (value as T) : fail(path, value, `one of ${allowed.join(', ')}`);
export function record<T>(fields: { [K in keyof T]: Check<T[K]> }): Check<T> {
  return (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(path, value, 'an object');
    const out = {} as T;
    for (const key of Object.keys(fields) as (keyof T & string)[]) {
      out[key] = fields[key]((value as Record<string, Json>)[key], path ? `${path}.${key}` : key);
    }
    return out;
  };
}
