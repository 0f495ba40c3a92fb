import { beforeEach, expect, test, vi } from 'vitest';
import { Viewport } from './viewport';

/** At 60 Hz. */
const FRAME_MILLIS = 1000 / 60;

beforeEach(() => vi.stubGlobal('matchMedia', () => ({ matches: false })));

/** A viewport with a clock: `frame` is the next one, and says whether it was asked for. */
function clocked(): { viewport: Viewport; frame: () => boolean } {
  let now = 5000, asked = false;
  const viewport = new Viewport(() => (asked = true));
  return {
    viewport,
    frame: () => {
      const was = asked;
      asked = false;
      viewport.advance((now += FRAME_MILLIS));
      return was;
    },
  };
}

test('a movement is seen in every frame until it is at its goal', () => {
  const { viewport, frame } = clocked();
  viewport.moveTo(0.25, 0.5);
  const seen: number[] = [viewport.to];
  while (frame()) seen.push(viewport.to);
  expect([viewport.from, viewport.to]).toEqual([0.25, 0.5]);
  expect(seen.length).toBeGreaterThan(10);
  seen.slice(1).forEach((to, at) => expect(to).toBeLessThan(seen[at]!));
});

test('a wheel that turns in every frame does not hold the movement', () => {
  const { viewport, frame } = clocked();
  for (let turn = 0; turn < 10; turn++) {
    const before = viewport.to - viewport.from;
    viewport.zoomAround(0.5, 0.8, true);
    frame();
    expect(viewport.to - viewport.from).toBeLessThan(before);
  }
});

test('a jump ends a movement', () => {
  const { viewport, frame } = clocked();
  viewport.moveTo(0.25, 0.5);
  frame();
  viewport.jump(0, 1);
  frame();
  expect([viewport.from, viewport.to]).toEqual([0, 1]);
  expect(frame()).toBe(false);
});
