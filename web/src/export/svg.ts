//! A drawing context that writes SVG instead of painting.
//!
//! Knows: the few calls that `canvas/draw.ts` makes. Names are escaped; the
//! picture holds no script and no link.

export class SvgContext {
  fillStyle = '#000000';
  textBaseline = 'middle';
  private readonly parts: string[] = [];
  private readonly measure = document.createElement('canvas').getContext('2d')!;

  constructor(public font: string) {}

  setTransform(): void {}

  fillRect(x: number, y: number, width: number, height: number): void {
    const { color, opacity } = plainColor(this.fillStyle);
    this.parts.push(`<rect x="${short(x)}" y="${short(y)}" width="${short(width)}" height="${short(height)}" fill="${color}"${opacity}/>`);
  }

  fillText(text: string, x: number, y: number): void {
    if (text === '') return;
    const { color, opacity } = plainColor(this.fillStyle);
    this.parts.push(`<text x="${short(x)}" y="${short(y)}" fill="${color}"${opacity}>${escapeText(text)}</text>`);
  }

  measureText(text: string): TextMetrics {
    this.measure.font = this.font;
    return this.measure.measureText(text);
  }

  finish(width: number, height: number, title: string): string {
    return `<?xml version="1.0" encoding="UTF-8"?>\n<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">\n` +
      `<title>${escapeText(title)}</title>\n<g font-family="system-ui, sans-serif" font-size="12" dominant-baseline="central">\n${this.parts.join('\n')}\n</g>\n</svg>\n`;
  }
}

function short(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** `#rrggbbaa` is not SVG 1.1: the last two digits become an opacity. */
function plainColor(color: string): { color: string; opacity: string } {
  if (color.length !== 9) return { color, opacity: '' };
  return { color: color.slice(0, 7), opacity: ` fill-opacity="${(Number.parseInt(color.slice(7), 16) / 255).toFixed(2)}"` };
}

export function escapeText(text: string): string {
  // Control characters are not allowed in XML at all.
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd').replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}
