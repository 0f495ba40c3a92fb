//! The stretch of the graph that is seen, and its movement.
//!
//! Knows: limits, zooming around a place, easing. Does not draw and has no clock
//! of its own: it asks for a frame, is told the frame's time and moves to where it
//! is then. Readers who asked for less motion get none.

/** The deepest zoom: beyond it, differences of positions lose their digits. */
const MAX_ZOOM = 1e9;
const ANIMATION_MILLIS = 190;
/** How far a movement is in its first frame, which would otherwise show what is seen already. */
const FIRST_STEP_MILLIS = 16;

interface Motion {
  begin: [number, number];
  goal: [number, number];
  /** When it began and when it was last seen, in time of frames; null before its first one. */
  since: number | null;
  seen: number | null;
}

export class Viewport {
  from = 0;
  to = 1;
  private extent = 1;
  private motion: Motion | null = null;

  constructor(private readonly draw: () => void) {}

  setExtent(extent: number): void {
    this.extent = extent > 0 ? extent : 1;
  }

  /** Where it is or is moving to. */
  get goal(): [number, number] {
    return this.motion?.goal ?? [this.from, this.to];
  }

  get isWhole(): boolean {
    const [from, to] = this.goal;
    return from <= 0 && to >= this.extent;
  }

  jump(from: number, to: number): void {
    this.motion = null;
    [this.from, this.to] = this.limited(from, to);
    this.draw();
  }

  moveTo(from: number, to: number): void {
    const goal = this.limited(from, to);
    const begin: [number, number] = [this.from, this.to];
    if (goal[0] === begin[0] && goal[1] === begin[1]) {
      this.motion = null;
      return;
    }
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
      this.jump(from, to);
      return;
    }
    // A movement under way goes on from its last frame: begun anew with each turn
    // of the wheel, it would stand still for as long as there is one in every frame.
    const seen = this.motion?.seen ?? null;
    this.motion = { begin, goal, since: seen, seen };
    this.draw();
  }

  /** Moves to where it is in the frame of this time; called once in each, before drawing. */
  advance(now: number): void {
    const { motion } = this;
    if (!motion) return;
    const { begin, goal } = motion;
    const since = (motion.since ??= now - FIRST_STEP_MILLIS);
    motion.seen = now;
    const done = Math.min(1, Math.max(0, (now - since) / ANIMATION_MILLIS));
    if (done >= 1) {
      [this.from, this.to] = goal;
      this.motion = null;
      return;
    }
    const eased = 1 - (1 - done) ** 3;
    // Widths move by ratio, so that a deep zoom does not leap at its end.
    const width = (begin[1] - begin[0]) * ((goal[1] - goal[0]) / (begin[1] - begin[0])) ** eased;
    const span = begin[1] - begin[0] - (goal[1] - goal[0]);
    const share = Math.abs(span) < 1e-12 * this.extent ? eased : (begin[1] - begin[0] - width) / span;
    this.from = begin[0] + (goal[0] - begin[0]) * share;
    this.to = this.from + width;
    this.draw();
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

  private limited(from: number, to: number): [number, number] {
    const width = Math.min(this.extent, Math.max(this.extent / MAX_ZOOM, to - from));
    const left = Math.min(Math.max(0, from), this.extent - width);
    return [left, left + width];
  }
}
