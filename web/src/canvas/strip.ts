//! Boxes as pixels: one line of them per row of the graph, stretched to its height.
//!
//! Knows: that thousands of narrow boxes cost a browser more than the pixels
//! they cover. A line is filled in memory, all lines become one small picture,
//! and each is drawn over its row, so that the cost depends on the size of the
//! canvas only. Does not know what the boxes are; positions are device pixels.

import { mix, type Palette } from './colors';
import type { BoxSink } from './rectangles';

interface Colors { plain: Uint32Array; half: Uint32Array; background: number }

export class Strip implements BoxSink {
  private readonly canvas = document.createElement('canvas');
  // Kept in memory: it is written anew for each frame.
  private readonly context = this.canvas.getContext('2d', { willReadFrequently: true })!;
  private image: ImageData | null = null;
  private pixels = new Uint32Array(0);
  private width = 0;
  private readonly tops: number[] = [];
  private readonly known = new Map<Palette, Colors>();
  private colors: Colors | null = null;

  /** Begins a picture of so many device pixels in width and rows at most. */
  begin(width: number, rows: number, palette: Palette): void {
    if (!this.image || this.width !== width || this.image.height < rows) {
      this.width = width;
      this.image = this.context.createImageData(Math.max(1, width), Math.max(1, rows));
      this.canvas.width = this.image.width;
      this.canvas.height = this.image.height;
      this.pixels = new Uint32Array(this.image.data.buffer);
    }
    this.colors = this.known.get(palette) ?? colorsOf(palette);
    this.known.set(palette, this.colors);
    this.tops.length = 0;
  }

  /** The boxes that follow are of a row at this height. */
  beginRow(top: number): void {
    const at = this.tops.push(top) - 1;
    this.pixels.fill(this.colors!.background, at * this.width, (at + 1) * this.width);
  }

  /** A box from one pixel up to another; `gap` pixels of it are left free at its end. */
  add(begin: number, end: number, gap: number, color: number): void {
    const { plain, half } = this.colors!;
    const line = (this.tops.length - 1) * this.width;
    const stop = Math.min(this.width, end), full = stop - Math.ceil(gap);
    if (full > begin) this.pixels.fill(plain[color]!, line + begin, line + full);
    if (gap % 1 !== 0 && full >= begin && full < stop) this.pixels[line + full] = half[color]!;
  }

  /** Draws every row, `height` high. */
  draw(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { image, tops } = this;
    if (!image || tops.length === 0) return;
    this.context.putImageData(image, 0, 0, 0, 0, this.width, tops.length);
    context.imageSmoothingEnabled = false;
    tops.forEach((top, at) => context.drawImage(this.canvas, 0, at, this.width, 1, 0, top, width, height));
  }
}

/** As `ImageData` has them in memory: red first, on the little-endian machines that browsers run on. */
function colorsOf(palette: Palette): Colors {
  const packed = (hex: string): number => {
    const [red, green, blue] = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)) as [number, number, number];
    return (0xff000000 | (blue << 16) | (green << 8) | red) >>> 0;
  };
  return {
    plain: Uint32Array.from(palette.fills, packed),
    half: Uint32Array.from(palette.fills, (fill) => packed(mix(fill, palette.background, 0.5))),
    background: packed(palette.background),
  };
}
