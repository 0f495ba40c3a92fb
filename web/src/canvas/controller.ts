//! A canvas with a graph on it: size, scrolling, zooming, pointing, keys.
//!
//! Knows: the DOM elements it is given and the reader's hands. Draws at most
//! once per frame. Does not know: what is in the boxes; it tells its owner
//! which box was pointed at, entered or left.

import { boxAt, type Graph } from './graph';
import { drawGraph, rowAt, rowTop, type Look, type Window } from './draw';
import { Strip } from './strip';
import { Viewport } from './viewport';

export const ROW_HEIGHT = 19;
/** A pointer that moved less than this was a click. */
const CLICK_SLACK_PIXELS = 4;
/** After so long without movement the viewport is told to the owner. */
const SETTLE_MILLIS = 250;

export interface GraphElements { scroller: HTMLElement; spacer: HTMLElement; canvas: HTMLCanvasElement; hover: HTMLElement; cursor: HTMLElement }

export interface GraphListener {
  hovered(box: number, clientX: number, clientY: number): void;
  clicked(box: number): void;
  menu(box: number, clientX: number, clientY: number): void;
  /** The reader panned or zoomed by hand; shares of the whole, null for all of it. */
  settled(viewport: [number, number] | null): void;
  /** After every drawing, for what lies over the canvas. */
  drawn(): void;
}

export class GraphController {
  readonly viewport = new Viewport(() => this.requestDraw());
  private graph: Graph | null = null;
  private look: Look | null = null;
  private flipped = false;
  private width = 0;
  private height = 0;
  private frame = 0;
  private settle = 0;
  private hoveredBox = -1;
  private cursorBox = -1;
  private drag: { x: number; y: number; moved: boolean; pointer: number } | null = null;
  private readonly context: CanvasRenderingContext2D;
  private readonly strip = new Strip();
  private readonly watcher: ResizeObserver;
  private readonly abort = new AbortController();

  constructor(private readonly elements: GraphElements, private readonly listener: GraphListener) {
    this.context = elements.canvas.getContext('2d', { alpha: false })!;
    this.watcher = new ResizeObserver(() => this.resize());
    this.watcher.observe(elements.scroller);
    const on = <K extends keyof HTMLElementEventMap>(type: K, act: (event: HTMLElementEventMap[K]) => void, passive = true): void =>
      elements.scroller.addEventListener(type, act, { signal: this.abort.signal, passive });
    on('scroll', () => this.requestDraw());
    on('wheel', (event) => this.onWheel(event), false);
    on('pointerdown', (event) => this.onPointerDown(event));
    on('pointermove', (event) => this.onPointerMove(event));
    on('pointerup', (event) => this.onPointerUp(event));
    on('pointercancel', () => (this.drag = null));
    on('pointerleave', () => this.hover(-1, 0, 0));
    on('contextmenu', (event) => this.onContextMenu(event), false);
    this.resize();
  }

  close(): void {
    this.abort.abort();
    this.watcher.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.settle);
  }

  show(graph: Graph, look: Look, flipped: boolean): void {
    const changed = graph !== this.graph || flipped !== this.flipped;
    const wasFlipped = this.flipped;
    this.graph = graph;
    this.look = look;
    this.flipped = flipped;
    this.viewport.setExtent(graph.extent);
    if (changed) {
      this.hover(-1, 0, 0);
      this.elements.spacer.style.height = `${graph.rows * ROW_HEIGHT}px`;
      if (flipped && !wasFlipped) this.elements.scroller.scrollTop = this.elements.scroller.scrollHeight;
      else if (!flipped && wasFlipped) this.elements.scroller.scrollTop = 0;
    }
    this.requestDraw();
  }

  setCursor(box: number): void {
    this.cursorBox = box;
    this.requestDraw();
  }

  /** Scrolls a row into sight, with some of its callers. */
  revealRow(row: number, margin = 3): void {
    if (!this.graph) return;
    const { scroller } = this.elements;
    const top = rowTop(this.graph, row, this.window());
    const room = Math.min(margin * ROW_HEIGHT, this.height / 4);
    const reduced = matchMedia('(prefers-reduced-motion: reduce)').matches;
    let by = 0;
    if (top < room) by = top - room;
    else if (top + ROW_HEIGHT > this.height - room) by = top + ROW_HEIGHT - this.height + room;
    if (by !== 0) scroller.scrollTo({ top: scroller.scrollTop + by, behavior: reduced || Math.abs(by) > this.height ? 'auto' : 'smooth' });
  }

  /** Where a box is now, in pixels of the scroller; null when it is out of sight. */
  boxRect(box: number): { x: number; y: number; width: number } | null {
    const { graph } = this;
    if (!graph || box < 0 || box >= graph.fn.length || this.width === 0) return null;
    const window = this.window();
    const scale = window.width / (window.to - window.from);
    const x0 = Math.max(0, (graph.left[box]! - window.from) * scale);
    const x1 = Math.min(window.width, (graph.left[box]! + graph.width[box]! - window.from) * scale);
    const y = rowTop(graph, graph.row[box]!, window);
    return x1 <= x0 || y < -ROW_HEIGHT || y > window.height ? null : { x: x0, y, width: Math.max(2, x1 - x0) };
  }

  window(): Window {
    return {
      from: this.viewport.from, to: this.viewport.to, scrollTop: this.elements.scroller.scrollTop, width: this.width, height: this.height,
      rowHeight: ROW_HEIGHT, flipped: this.flipped, pixelRatio: devicePixelRatio || 1,
    };
  }

  private resize(): void {
    const { scroller, canvas } = this.elements;
    const ratio = devicePixelRatio || 1;
    this.width = scroller.clientWidth;
    this.height = scroller.clientHeight;
    canvas.width = Math.max(1, Math.round(this.width * ratio));
    canvas.height = Math.max(1, Math.round(this.height * ratio));
    canvas.style.width = `${this.width}px`;
    canvas.style.height = `${this.height}px`;
    this.drawNow();
  }

  requestDraw(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame((now) => this.drawFrame(now));
  }

  /** Moves and draws in one frame; what still moves asks for the next. */
  private drawFrame(now: number): void {
    this.frame = 0;
    this.viewport.advance(now);
    this.drawNow();
  }

  private drawNow(): void {
    if (!this.graph || !this.look || this.width === 0) return;
    drawGraph(this.context, this.graph, this.window(), this.look, this.strip);
    this.outline(this.elements.hover, this.hoveredBox);
    this.outline(this.elements.cursor, this.cursorBox);
    this.listener.drawn();
  }

  private outline(element: HTMLElement, box: number): void {
    const rect = this.boxRect(box);
    element.hidden = rect === null;
    if (!rect) return;
    element.style.transform = `translate(${rect.x}px, ${rect.y}px)`;
    element.style.width = `${Math.max(2, rect.width - 1)}px`;
    element.style.height = `${ROW_HEIGHT - 1}px`;
  }

  private placeOf(event: MouseEvent): { x: number; y: number; place: number } {
    const bounds = this.elements.canvas.getBoundingClientRect();
    const x = event.clientX - bounds.left, y = event.clientY - bounds.top;
    const { from, to } = this.viewport;
    return { x, y, place: from + (x / Math.max(1, this.width)) * (to - from) };
  }

  private boxOf(event: MouseEvent): number {
    if (!this.graph) return -1;
    const { x, y, place } = this.placeOf(event);
    if (x < 0 || y < 0 || x > this.width || y > this.height) return -1;
    const slack = (1.5 * (this.viewport.to - this.viewport.from)) / Math.max(1, this.width);
    return boxAt(this.graph, rowAt(this.graph, y, this.window()), place, slack);
  }

  private hover(box: number, clientX: number, clientY: number): void {
    if (box !== this.hoveredBox) {
      this.hoveredBox = box;
      this.outline(this.elements.hover, box);
      this.elements.scroller.classList.toggle('over-box', box >= 0);
    }
    this.listener.hovered(box, clientX, clientY);
  }

  private onWheel(event: WheelEvent): void {
    const unit = event.deltaMode === 1 ? ROW_HEIGHT : event.deltaMode === 2 ? this.height : 1;
    const scrolls = this.elements.spacer.offsetHeight > this.height + 1;
    const perPixel = (this.viewport.to - this.viewport.from) / Math.max(1, this.width);
    const sideways = event.shiftKey && event.deltaX === 0 ? event.deltaY : event.deltaX;
    if (event.ctrlKey || event.metaKey || event.altKey || (!scrolls && !event.shiftKey && Math.abs(event.deltaY) > Math.abs(event.deltaX))) {
      event.preventDefault();
      const by = Math.max(-240, Math.min(240, event.deltaY * unit)) * (event.ctrlKey && Math.abs(event.deltaY) < 40 ? 4 : 1);
      this.viewport.zoomAround(this.placeOf(event).place, Math.exp(by * 0.0028), Math.abs(event.deltaY * unit) >= 60);
    } else if (sideways !== 0 && (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY))) {
      event.preventDefault();
      this.viewport.pan(sideways * unit * perPixel);
    } else return;
    this.hover(-1, 0, 0);
    this.settleSoon();
  }

  private onPointerDown(event: PointerEvent): void {
    if (event.button !== 0 || this.placeOf(event).x > this.width) return;
    this.drag = { x: event.clientX, y: event.clientY, moved: false, pointer: event.pointerId };
  }

  private onPointerMove(event: PointerEvent): void {
    const { drag } = this;
    if (!drag || (event.buttons & 1) === 0) {
      this.drag = null;
      this.hover(this.boxOf(event), event.clientX, event.clientY);
      return;
    }
    const dx = event.clientX - drag.x, dy = event.clientY - drag.y;
    if (!drag.moved) {
      if (Math.hypot(dx, dy) < CLICK_SLACK_PIXELS) return;
      drag.moved = true;
      this.elements.scroller.setPointerCapture(drag.pointer);
      this.elements.scroller.classList.add('dragging');
      this.hover(-1, 0, 0);
    }
    drag.x = event.clientX;
    drag.y = event.clientY;
    this.viewport.pan((-dx * (this.viewport.to - this.viewport.from)) / Math.max(1, this.width));
    this.elements.scroller.scrollTop -= dy;
    this.settleSoon();
  }

  private onPointerUp(event: PointerEvent): void {
    const { drag } = this;
    this.drag = null;
    this.elements.scroller.classList.remove('dragging');
    if (!drag || drag.moved) return;
    const box = this.boxOf(event);
    if (box >= 0) this.listener.clicked(box);
  }

  private onContextMenu(event: MouseEvent): void {
    const box = this.boxOf(event);
    if (box < 0) return;
    event.preventDefault();
    this.hover(-1, 0, 0);
    this.listener.menu(box, event.clientX, event.clientY);
  }

  settleSoon(): void {
    clearTimeout(this.settle);
    this.settle = window.setTimeout(() => {
      const extent = this.graph?.extent || 1;
      const [from, to] = this.viewport.goal;
      this.listener.settled(this.viewport.isWhole ? null : [from / extent, to / extent]);
    }, SETTLE_MILLIS);
  }
}
