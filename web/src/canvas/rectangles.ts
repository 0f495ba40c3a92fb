//! Boxes as rectangles, for files: pictures that are painted once, and SVG.
//!
//! Knows: that a change of colour costs more than a rectangle.

/** What takes the boxes of a graph, row by row; positions are device pixels. */
export interface BoxSink {
  /** The boxes that follow are of a row at this height, in pixels of the page. */
  beginRow(top: number): void;
  /** A box from one pixel up to another; `gap` pixels of it are left free at its end. */
  add(begin: number, end: number, gap: number, color: number): void;
}

/** Rectangles collected before they are filled, colour by colour. */
export class RectangleBatch implements BoxSink {
  private count = 0;
  private x = new Float32Array(1024);
  private y = new Float32Array(1024);
  private w = new Float32Array(1024);
  private color = new Uint16Array(1024);

  private top = 0;

  constructor(private readonly pixelRatio: number) {}

  beginRow(top: number): void {
    this.top = top;
  }

  add(begin: number, end: number, gap: number, color: number): void {
    const x = begin / this.pixelRatio, y = this.top, w = (end - begin - gap) / this.pixelRatio;
    if (this.count === this.x.length) {
      const wider = <T extends Float32Array | Uint16Array>(from: T, to: T): T => (to.set(from), to);
      const size = this.count * 2;
      this.x = wider(this.x, new Float32Array(size));
      this.y = wider(this.y, new Float32Array(size));
      this.w = wider(this.w, new Float32Array(size));
      this.color = wider(this.color, new Uint16Array(size));
    }
    const at = this.count++;
    this.x[at] = x;
    this.y[at] = y;
    this.w[at] = w;
    this.color[at] = color;
  }

  fill(context: CanvasRenderingContext2D, fills: readonly string[], height: number): void {
    // Counting sort: changing the fill style costs more than filling.
    const begins = new Int32Array(fills.length + 1);
    for (let at = 0; at < this.count; at++) begins[this.color[at]! + 1]!++;
    for (let color = 0; color < fills.length; color++) begins[color + 1]! += begins[color]!;
    const order = new Int32Array(this.count), next = begins.slice();
    for (let at = 0; at < this.count; at++) order[next[this.color[at]!]!++] = at;
    for (let color = 0; color < fills.length; color++) {
      if (begins[color] === begins[color + 1]) continue;
      context.fillStyle = fills[color]!;
      for (let index = begins[color]!; index < begins[color + 1]!; index++) {
        const at = order[index]!;
        context.fillRect(this.x[at]!, this.y[at]!, this.w[at]!, height);
      }
    }
    this.count = 0;
  }
}
