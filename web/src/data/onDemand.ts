//! Asks the server for what the data does not carry: whole files, machine code.
//!
//! Knows: addresses beside the page's own, and that a file has no server. What
//! came is kept, so that moving about asks once.

import type { Header } from './header';

export type Answer = { ok: true; value: unknown } | { ok: false; why: string };
const known = new Map<string, Promise<Answer>>();

export function fetchOnDemand(header: Header, name: 'source' | 'asm', parameter: string, value: string): Promise<Answer> {
  if (header.mode !== 'view') return Promise.resolve({ ok: false, why: 'this is a report file, which carries only the source around its hottest lines; `fathom view` shows whole files and machine code' });
  const url = new URL(name, document.baseURI);
  url.search = document.location.search;
  url.searchParams.set(parameter, value);
  let answer = known.get(url.href);
  if (!answer) known.set(url.href, (answer = ask(url)));
  return answer;
}

async function ask(url: URL): Promise<Answer> {
  try {
    const response = await fetch(url);
    const value = (await response.json().catch(() => null)) as { error?: unknown } | null;
    if (typeof value?.error === 'string') return { ok: false, why: value.error };
    if (!response.ok || value === null) return { ok: false, why: `the server answered ${response.status}` };
    return { ok: true, value };
  } catch {
    return { ok: false, why: 'the server does not answer; is `fathom view` still running?' };
  }
}
