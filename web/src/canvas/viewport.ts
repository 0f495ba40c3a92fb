//! The stretch of the graph that is seen, and its movement.
//!
//! Knows: limits, zooming around a place, easing. Does not draw; it asks to be
//! drawn. Readers who asked for less motion get none.

/** The deepest zoom: beyond it, differences of positions lose their digits. */
const MAX_ZOOM = 1e9;
const ANIMATION_MILLIS = 190;

export class Viewport {
  from = 0;
  to = 1;
  private extent = 1;
  private frame = 0;
  private lastGoal: [number, number] | null = null;

  constructor(private readonly draw: () => void) {}

  setExtent(extent: number): void {
    this.extent = extent > 0 ? extent : 1;
  }

  /** Where it is or is moving to. */
  get goal(): [number, number] {
    return this.lastGoal ?? [this.from, this.to];
  }

  get isWhole(): boolean {
    const [from, to] = this.goal;
    return from <= 0 && to >= this.extent;
  }

  jump(from: number, to: number): void {
    this.stop();
    [this.from, this.to] = this.limited(from, to);
    this.draw();
  }

  moveTo(from: number, to: number): void {
    const goal = this.limited(from, to);
    const begin: [number, number] = [this.from, this.to];
    if (goal[0] === begin[0] && goal[1] === begin[1]) {
      this.stop();
      return;
    }
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.jump(from, to);
      return;
    }
    this.stop();
    this.lastGoal = goal;
    const start = performance.now();
    const step = (now: number): void => {
      const done = Math.min(1, Math.max(0, (now - start) / ANIMATION_MILLIS));
      const eased = 1 - (1 - done) ** 3;
      // Widths move by ratio, so that a deep zoom does not leap at its end.
      const width = (begin[1] - begin[0]) * ((goal[1] - goal[0]) / (begin[1] - begin[0])) ** eased;
      const span = begin[1] - begin[0] - (goal[1] - goal[0]);
      const share = Math.abs(span) < 1e-12 * this.extent ? eased : (begin[1] - begin[0] - width) / span;
      this.from = begin[0] + (goal[0] - begin[0]) * share;
      this.to = this.from + width;
      if (done >= 1) {
        [this.from, this.to] = goal;
        this.frame = 0;
        this.lastGoal = null;
      } else this.frame = requestAnimationFrame(step);
      this.draw();
    };
    this.frame = requestAnimationFrame(step);
  }

  /** Zooms by a factor around a place of the graph. */
  zoomAround(place: number, factor: number, animated: boolean): void {
    const [from, to] = this.goal;
    const width = Math.min(this.extent, Math.max(this.extent / MAX_ZOOM, (to - from) * factor));
    const left = place - ((place - from) / (to - from)) * width;
    if (animated) this.moveTo(left, left + width);
    else this.jump(left, left + width);
  }

  pan(by: number, animated = false): void {
    const [from, to] = this.goal;
    if (animated) this.moveTo(from + by, to + by);
    else this.jump(from + by, to + by);
  }

  stop(): void {
    if (this.frame !== 0) cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.lastGoal = null;
  }

  private limited(from: number, to: number): [number, number] {
    const width = Math.min(this.extent, Math.max(this.extent / MAX_ZOOM, to - from));
    const left = Math.min(Math.max(0, from), this.extent - width);
    return [left, left + width];
  }
}
