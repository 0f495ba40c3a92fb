//! One moment that several charts point at together.

export type MomentListener = (time: number | null) => void;

export class Crosshair {
  private readonly listeners = new Set<MomentListener>();
  private time: number | null = null;

  listen(listener: MomentListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Tells everyone; a listener that tells the same again is not heard. */
  point(time: number | null): void {
    if (time === this.time) return;
    this.time = time;
    for (const listener of this.listeners) listener(time);
  }
}

/** The stretch of time that is seen, and how its places become pixels. */
export interface Stretch { from: number; to: number; extent: number }

export function timeAt(stretch: Stretch, x: number, width: number): number {
  return stretch.from + (Math.max(0, Math.min(width, x)) / Math.max(1, width)) * (stretch.to - stretch.from);
}
export function placeOf(stretch: Stretch, time: number, width: number): number {
  return ((time - stretch.from) / Math.max(1e-9, stretch.to - stretch.from)) * width;
}
