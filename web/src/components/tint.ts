//! Tints a line of source: comments, texts, numbers and common keywords.
//!
//! Knows: no language, only what most share. A line is looked at alone, so a
//! comment over several lines is tinted on those that begin like one.

export interface Piece { text: string; kind: '' | 'comment' | 'string' | 'number' | 'keyword' }

const KEYWORDS = new Set(
  ('as async await bool break case catch char class const continue def default defer del do double elif else enum except extends extern false final finally float fn for from func function go if impl import in int interface is lambda let long loop match mod move mut new nil none null package pass private protected pub public raise ref return self static struct super switch this throw throws trait true try type unsafe use using var void where while with yield None True False')
    .split(' '),
);
const TOKEN = /(\/\/.*|\/\*.*?(?:\*\/|$)|^\s*\*(?:\s.*|\/)$|#(?![[!]).*)|("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)+'|`(?:[^`\\]|\\.)*`?)|(\b\d[\w.]*)|([A-Za-z_]\w*)/g;
/** Longer lines are not source that somebody reads. */
const MAX_LINE = 2000;

export function tint(line: string): Piece[] {
  if (line.length > MAX_LINE) return [{ text: `${line.slice(0, MAX_LINE)}…`, kind: '' }];
  const out: Piece[] = [];
  let end = 0;
  for (const match of line.matchAll(TOKEN)) {
    const kind = match[1] !== undefined ? 'comment' : match[2] !== undefined ? 'string' : match[3] !== undefined ? 'number' : KEYWORDS.has(match[0]) ? 'keyword' : '';
    if (kind === '') continue;
    if (match.index > end) out.push({ text: line.slice(end, match.index), kind: '' });
    out.push({ text: match[0], kind });
    end = match.index + match[0].length;
  }
  if (end < line.length) out.push({ text: line.slice(end), kind: '' });
  return out;
}
