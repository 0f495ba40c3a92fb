//! Gets the blob: from the page's own `fathom-data` element, or from the server.
//!
//! Knows: base64, gzip and the two places. Does not know: what is inside.

import { DamagedData } from './damaged';

/** More than this is refused: a small file must not unfold into all memory. */
const MAX_BLOB_BYTES = 2_000_000_000;
/** A multiple of 4, so that each piece of base64 decodes alone. */
const BASE64_PIECE = 1 << 20;

export async function loadBlob(document: Document): Promise<Uint8Array> {
  const base64 = (document.getElementById('fathom-data')?.textContent ?? '').trim();
  if (base64 !== '') return gunzip(fromBase64(base64));
  const url = new URL('data', document.baseURI);
  url.search = document.location.search;
  const answer = await fetch(url);
  if (!answer.ok) throw new DamagedData(`the server answered ${answer.status} ${answer.statusText} to ${url.pathname}`);
  const bytes = new Uint8Array(await answer.arrayBuffer());
  return isGzip(bytes) ? gunzip(bytes) : bytes;
}

export function fromBase64(base64: string): Uint8Array {
  const out = new Uint8Array(Math.floor((base64.length * 3) / 4));
  let length = 0;
  for (let at = 0; at < base64.length; at += BASE64_PIECE) {
    let piece: string;
    try {
      piece = atob(base64.slice(at, at + BASE64_PIECE));
    } catch {
      throw new DamagedData(`the embedded data is not base64 near character ${at}`);
    }
    for (let index = 0; index < piece.length; index++) out[length++] = piece.charCodeAt(index);
  }
  return out.subarray(0, length);
}

function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b;
}

export async function gunzip(compressed: Uint8Array): Promise<Uint8Array> {
  if (typeof DecompressionStream === 'undefined') throw new DamagedData('this browser cannot decompress gzip; it needs DecompressionStream (2023 or later)');
  const reader = new Blob([compressed as BlobPart]).stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const pieces: Uint8Array[] = [];
  let length = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      length += value.length;
      if (length > MAX_BLOB_BYTES) throw new DamagedData(`the data unfolds to more than ${MAX_BLOB_BYTES} bytes`);
      pieces.push(value);
    }
  } catch (error) {
    if (error instanceof DamagedData) throw error;
    throw new DamagedData(`the data is not whole: decompression failed after ${length} bytes`);
  }
  const out = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
