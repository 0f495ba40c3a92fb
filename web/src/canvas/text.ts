//! Labels that fit: measured letter by letter, cut with an ellipsis.
//!
//! Knows: widths of letters in one font, kept after the first look, and which
//! part of a long name says most (the last piece of a path). The cost of a
//! label is bounded by the pixels it may take, not by the length of its name.

const ELLIPSIS = '…';

export class LabelFitter {
  private readonly widths = new Map<string, number>();
  private readonly ellipsis: number;

  constructor(private readonly context: CanvasRenderingContext2D, readonly font: string) {
    context.font = font;
    this.ellipsis = context.measureText(ELLIPSIS).width;
  }

  /** As much of a name as fits, or '' where not even three letters would. */
  fit(name: string, pixels: number): string {
    const whole = this.lettersWithin(name, pixels);
    if (whole === name.length) return name;
    const last = lastPiece(name);
    if (last > 0 && this.lettersWithin(name.slice(last, last + 400), pixels) === name.length - last) return name.slice(last);
    const begin = last > 0 && pixels < 120 ? last : 0;
    const rest = begin === 0 ? name : name.slice(begin, begin + 400);
    const cut = this.lettersWithin(rest, pixels - this.ellipsis);
    return cut < 2 ? '' : rest.slice(0, cut) + ELLIPSIS;
  }

  private lettersWithin(text: string, pixels: number): number {
    let used = 0;
    for (let index = 0; index < text.length; index++) {
      used += this.widthOf(text[index]!);
      if (used > pixels) return index;
    }
    return text.length;
  }

  private widthOf(letter: string): number {
    let width = this.widths.get(letter);
    if (width === undefined) {
      this.context.font = this.font;
      width = this.context.measureText(letter).width;
      this.widths.set(letter, width);
    }
    return width;
  }
}

/** Where the last piece of `a::b::c`, `a.b.c` or `a/b/c` begins; brackets are not looked into. */
export function lastPiece(name: string): number {
  let depth = 0, begin = 0;
  const end = Math.min(name.length, 400);
  for (let index = 0; index < end; index++) {
    const letter = name[index]!;
    if (letter === '<' || letter === '(' || letter === '[') depth++;
    else if (letter === '>' || letter === ')' || letter === ']') depth--;
    else if (letter === ' ') break;
    else if (depth <= 0 && (letter === '.' || letter === '/' || (letter === ':' && name[index + 1] === ':')) && index + 2 < name.length) {
      begin = letter === ':' ? index + 2 : index + 1;
    }
  }
  return begin;
}
