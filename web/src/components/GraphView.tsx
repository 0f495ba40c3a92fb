//! A graph as a component: canvas, outlines, badges, tooltip, keys, and the
//! words for those who cannot see it.
//!
//! Knows: how a reader moves through boxes. Does not know: what they are.

import type { ComponentChildren } from 'preact';
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Palette } from '../canvas/colors';
import type { Look } from '../canvas/draw';
import { GraphController } from '../canvas/controller';
import { neighbour, widestChild, type Graph } from '../canvas/graph';
import { LabelFitter } from '../canvas/text';
import type { ShapeKind } from '../data/header';
import { offerGraph } from '../export/files';
import { Tooltip, type TooltipHandle } from './Tooltip';

export const LABEL_FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif';

export interface Badge { box: number; kind: ShapeKind; title: string; text: string }

export interface GraphViewProps {
  graph: Graph;
  colors: Uint16Array;
  palette: Palette;
  flipped: boolean;
  /** What should be seen, as shares of the whole. */
  goal: [number, number];
  /** The selected box, -1 for none. */
  cursor: number;
  matches: Uint8Array | null;
  badges?: Badge[];
  /** What the graph is, for a screen reader. */
  label: string;
  name: (box: number) => string;
  region: (box: number) => string;
  describe: (box: number) => string;
  tooltip: (box: number) => ComponentChildren;
  onCursor: (box: number) => void;
  onZoom: (box: number) => void;
  /** One step out of the zoom. */
  onOut: () => void;
  onMenu: (box: number, clientX: number, clientY: number) => void;
  onViewport: (viewport: [number, number] | null) => void;
}

export function GraphView(props: GraphViewProps) {
  const { graph, colors, palette, flipped, goal, cursor, matches, badges = [] } = props;
  const scroller = useRef<HTMLDivElement>(null), spacer = useRef<HTMLDivElement>(null), canvas = useRef<HTMLCanvasElement>(null);
  const hover = useRef<HTMLDivElement>(null), outline = useRef<HTMLDivElement>(null), overlay = useRef<HTMLDivElement>(null);
  const tooltip = useRef<TooltipHandle>(null);
  const controller = useRef<GraphController | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const itemId = useId();
  const [labels, setLabels] = useState<LabelFitter | null>(null);

  useLayoutEffect(() => {
    const elements = { scroller: scroller.current!, spacer: spacer.current!, canvas: canvas.current!, hover: hover.current!, cursor: outline.current! };
    const made = new GraphController(elements, {
      hovered: (box, x, y) => tooltip.current?.show(box, x, y),
      clicked: (box) => {
        latest.current.onCursor(box);
        latest.current.onZoom(box);
      },
      menu: (box, x, y) => {
        latest.current.onCursor(box);
        latest.current.onMenu(box, x, y);
      },
      settled: (viewport) => latest.current.onViewport(viewport),
      drawn: () => placeBadges(made, overlay.current, latest.current.badges ?? []),
    });
    controller.current = made;
    setLabels(new LabelFitter(canvas.current!.getContext('2d')!, LABEL_FONT));
    return () => made.close();
  }, []);

  const shown = useRef<Graph | null>(null);
  useLayoutEffect(() => {
    if (!controller.current || !labels) return undefined;
    const { viewport } = controller.current;
    const look: Look = { colors, palette, labels, matches, name: (box) => latest.current.name(box), region: (box) => latest.current.region(box) };
    controller.current.show(graph, look, flipped);
    const withdraw = offerGraph({ graph, look, flipped, seen: () => viewport.goal });
    const [from, to] = [goal[0] * graph.extent, goal[1] * graph.extent];
    // Another graph appears in place; the same one moves.
    if (shown.current !== graph) viewport.jump(from, to);
    else if (Math.abs(viewport.goal[0] - from) + Math.abs(viewport.goal[1] - to) > 1e-9 * graph.extent) viewport.moveTo(from, to);
    shown.current = graph;
    return withdraw;
  }, [graph, colors, palette, labels, matches, flipped, goal[0], goal[1], badges]);

  useEffect(() => {
    controller.current?.setCursor(cursor);
    if (cursor >= 0) controller.current?.revealRow(graph.row[cursor] ?? 0);
  }, [cursor, graph, labels]);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.target !== scroller.current) return;
    if (moveByKey(event, props, controller.current)) event.preventDefault();
  };
  const description = useMemo(() => (cursor >= 0 ? props.describe(cursor) : 'no frame selected'), [cursor, graph]);
  return (
    <div class="graph">
      <div class="graph-scroller" ref={scroller} tabIndex={0} role="tree" aria-label={`${props.label}. Arrow keys move between frames, Enter zooms, Escape goes back, M opens the actions.`}
        aria-activedescendant={cursor >= 0 ? itemId : undefined} onKeyDown={onKeyDown}>
        <div class="graph-sticky" role="presentation">
          <canvas ref={canvas} class="graph-canvas" aria-hidden="true" />
          <div class="graph-overlay" ref={overlay} role="presentation">
            <div class="box-hover" ref={hover} hidden />
            <div class="box-cursor" ref={outline} hidden />
            {badges.map((badge) => (
              <button type="button" class={`badge badge-${badge.kind}`} tabIndex={-1} title={badge.text} onClick={() => { props.onCursor(badge.box); props.onZoom(badge.box); }}>
                <ShapeIcon kind={badge.kind} /><span>{badge.kind}</span>
              </button>
            ))}
          </div>
        </div>
        <div class="graph-spacer" ref={spacer} role="presentation" />
        <div id={itemId} class="off-screen" role="treeitem" aria-level={cursor >= 0 ? graph.row[cursor]! + 1 : 1} aria-selected={cursor >= 0}>{description}</div>
      </div>
      <div class="off-screen" aria-live="polite">{description}</div>
      <Tooltip handle={tooltip} content={(box) => latest.current.tooltip(box)} />
    </div>
  );
}

function placeBadges(controller: GraphController, overlay: HTMLElement | null, badges: readonly Badge[]): void {
  overlay?.querySelectorAll<HTMLElement>('.badge').forEach((element, index) => {
    const badge = badges[index];
    const rect = badge ? controller.boxRect(badge.box) : null;
    element.hidden = rect === null;
    if (!rect || !overlay) return;
    // Inside a box with room for it, as a sign alone in a smaller one, else beside the box.
    element.classList.toggle('is-small', rect.width >= 44 && rect.width < 130);
    const inside = rect.x + rect.width - element.offsetWidth - 3, beside = rect.x + rect.width + 3;
    const left = rect.width >= 44 ? inside : Math.min(beside, overlay.parentElement!.offsetWidth - element.offsetWidth - 3);
    element.style.transform = `translate(${left}px, ${rect.y + 1}px)`;
  });
}

/** Acts on a key; says whether it was one. */
function moveByKey(event: KeyboardEvent, props: GraphViewProps, controller: GraphController | null): boolean {
  const { graph, cursor, flipped } = props;
  if (!controller || event.ctrlKey || event.metaKey || event.altKey) return false;
  const { viewport } = controller;
  const here = Math.min(Math.max(0, cursor), graph.fn.length - 1);
  const go = (box: number): boolean => {
    if (box < 0) return true;
    props.onCursor(box);
    // A box outside of what is seen is brought into it.
    const [from, to] = viewport.goal;
    const left = graph.left[box]!, right = left + graph.width[box]!;
    if (right <= from || left >= to) {
      viewport.moveTo((left + right) / 2 - (to - from) / 2, (left + right) / 2 + (to - from) / 2);
      controller.settleSoon();
    }
    return true;
  };
  const zoom = (factor: number): boolean => {
    const [from, to] = viewport.goal;
    const middle = cursor >= 0 ? Math.min(to, Math.max(from, graph.left[here]! + graph.width[here]! / 2)) : (from + to) / 2;
    viewport.zoomAround(middle, factor, true);
    controller.settleSoon();
    return true;
  };
  const panned = (share: number): boolean => {
    const [from, to] = viewport.goal;
    viewport.pan((to - from) * share, true);
    controller.settleSoon();
    return true;
  };
  const inward = (): boolean => go(cursor < 0 ? 0 : widestChild(graph, here));
  const outward = (): boolean => go(cursor < 0 ? 0 : graph.row[graph.parent[here]!] === -1 ? here : graph.parent[here]!);
  switch (event.key) {
    case 'ArrowDown': return flipped ? outward() : inward();
    case 'ArrowUp': return flipped ? inward() : outward();
    case 'ArrowLeft': return event.shiftKey ? panned(-0.2) : go(cursor < 0 ? 0 : neighbour(graph, here, -1));
    case 'ArrowRight': return event.shiftKey ? panned(0.2) : go(cursor < 0 ? 0 : neighbour(graph, here, 1));
    case 'Enter':
      if (cursor >= 0) props.onZoom(here);
      return true;
    case 'Escape':
    case 'Backspace':
      props.onOut();
      return true;
    case 'Home':
      props.onZoom(-1);
      return true;
    case '+':
    case '=': return zoom(0.6);
    case '-':
    case '_': return zoom(1 / 0.6);
    case 'm':
    case 'M':
    case 'ContextMenu': {
      const rect = cursor >= 0 ? controller.boxRect(here) : null;
      const bounds = (event.currentTarget as HTMLElement).getBoundingClientRect();
      if (rect) props.onMenu(here, bounds.left + rect.x + Math.min(40, rect.width / 2), bounds.top + rect.y + 19);
      return true;
    }
    default: return false;
  }
}

export function ShapeIcon({ kind }: { kind: ShapeKind }) {
  const path = kind === 'plateau' ? 'M1 9h2V3h6v6h2' : kind === 'tower' ? 'M1 10h3V1h4v9h3' : 'M1 10l3-7v7l3-7v7l3-7v7';
  return (
    <svg class="shape-icon" viewBox="0 0 12 12" width="11" height="11" aria-hidden="true"><path d={path} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linejoin="round" /></svg>
  );
}
