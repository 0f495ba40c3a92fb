//! Moving and scaling a picture with pointer and wheel.
//!
//! Knows: a place and a scale, and fitting the whole into the window.

import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';

export interface Pose { x: number; y: number; scale: number }
export interface PanZoom { pose: Pose; fit: () => void; zoom: (factor: number) => void; show: (x: number, y: number) => void; handlers: Record<'onPointerDown' | 'onPointerMove' | 'onPointerUp', (event: PointerEvent) => void>; wasDragged: () => boolean }

const MIN_SCALE = 0.05, MAX_SCALE = 4, SLACK_PIXELS = 4, MARGIN = 16;
/** Small pictures are not blown up beyond this. */
const MAX_FIT = 1.15;
/** Smaller words cannot be read: a larger picture begins with its upper middle. */
const MIN_FIT = 0.7;

export function usePanZoom(area: RefObject<HTMLElement | null>, picture: { width: number; height: number }, size: [number, number]): PanZoom {
  const [pose, setPose] = useState<Pose>({ x: 0, y: 0, scale: 1 });
  const drag = useRef<{ x: number; y: number; from: Pose; moved: boolean } | null>(null);
  const dragged = useRef(false);
  const fitted = (least: number): Pose => {
    const [width, height] = size;
    const scale = Math.min(MAX_FIT, Math.max(least, Math.min((width - 2 * MARGIN) / Math.max(1, picture.width), (height - 2 * MARGIN) / Math.max(1, picture.height))));
    const high = picture.height * scale;
    return { scale, x: (width - picture.width * scale) / 2, y: high > height - 2 * MARGIN ? MARGIN : (height - high) / 2 };
  };
  useLayoutEffect(() => {
    if (size[0] > 0) setPose(fitted(MIN_FIT));
  }, [picture, size[0] > 0]);
  const zoomAt = (x: number, y: number, factor: number): void => setPose((before) => {
    const scale = Math.max(MIN_SCALE, Math.min(MAX_SCALE, before.scale * factor));
    const ratio = scale / before.scale;
    return { scale, x: x - (x - before.x) * ratio, y: y - (y - before.y) * ratio };
  });
  useEffect(() => {
    const element = area.current;
    if (!element) return undefined;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      const bounds = element.getBoundingClientRect();
      if (event.shiftKey || (Math.abs(event.deltaX) > Math.abs(event.deltaY) && !event.ctrlKey)) setPose((before) => ({ ...before, x: before.x - (event.deltaX || event.deltaY) }));
      else zoomAt(event.clientX - bounds.left, event.clientY - bounds.top, Math.exp(-Math.max(-120, Math.min(120, event.deltaY)) / 400));
    };
    element.addEventListener('wheel', onWheel, { passive: false });
    return () => element.removeEventListener('wheel', onWheel);
  }, []);
  return {
    pose,
    fit: () => setPose(fitted(MIN_SCALE)),
    zoom: (factor) => zoomAt(size[0] / 2, size[1] / 2, factor),
    // Brings a place of the picture into the window, if it is not there.
    show: (x, y) => setPose((before) => {
      const at = [before.x + x * before.scale, before.y + y * before.scale];
      const inside = at.every((one, axis) => one > 60 && one < size[axis]! - 60);
      return inside ? before : { ...before, x: size[0] / 2 - x * before.scale, y: size[1] / 2 - y * before.scale };
    }),
    wasDragged: () => dragged.current,
    handlers: {
      onPointerDown: (event) => {
        dragged.current = false;
        if (event.button === 0) drag.current = { x: event.clientX, y: event.clientY, from: pose, moved: false };
      },
      onPointerMove: (event) => {
        const held = drag.current;
        if (!held || event.buttons === 0) return;
        const dx = event.clientX - held.x, dy = event.clientY - held.y;
        if (!held.moved && Math.hypot(dx, dy) < SLACK_PIXELS) return;
        if (!held.moved) area.current?.setPointerCapture(event.pointerId);
        held.moved = dragged.current = true;
        setPose({ ...held.from, x: held.from.x + dx, y: held.from.y + dy });
      },
      onPointerUp: () => (drag.current = null),
    },
  };
}
