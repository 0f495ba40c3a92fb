//! Call graph: the hottest functions of what is shown, and who calls whom.
//!
//! Knows: sizes and colours of nodes and edges. Where they stand is laid out by
//! `core/layered.ts`.

import { useEffect, useMemo, useRef } from 'preact/hooks';
import { mix } from '../canvas/colors';
import { plotColors } from '../canvas/states';
import { lastPiece } from '../canvas/text';
import { usePanZoom } from '../components/usePanZoom';
import { useSize } from '../components/useSize';
import { callGraph, type CallNode } from '../core/callgraph';
import { formatCount, formatShare, formatValue } from '../core/format';
import { frameLocation, frameName } from '../core/frames';
import { layeredLayout, type Placed } from '../core/layered';
import type { View, ViewProps } from '../core/state';

const MOST_NODES = 40, MOST_LETTERS = 38;
const MIN_FONT = 11, MAX_FONT = 20;
/** Edges thinner than this share carry no number. */
const LEAST_LABEL_SHARE = 0.01;

function CallGraphView({ model, state, update, tree, found, dark, openMenu }: ViewProps) {
  const { unit } = model.header.signals[state.signal]!;
  const chosen = state.selected;
  // A function that is chosen here is on the picture already; only one that is not changes it.
  const asked = useRef(chosen);
  const base = useMemo(() => callGraph(model, tree, MOST_NODES, asked.current), [model, tree]);
  const graph = useMemo(() => (chosen === null || base.nodes.some((node) => node.fn === chosen) ? base : callGraph(model, tree, MOST_NODES, chosen)), [base, chosen]);
  const nodes = useMemo(() => graph.nodes.map((node) => describeNode(frameName(model, node.fn), node, tree.sum)), [graph]);
  const layout = useMemo(() => layeredLayout(nodes, graph.edges.map(({ from, to, value }) => ({ from, to, weight: Math.abs(value / (tree.sum || 1)) }))), [graph]);
  const area = useRef<HTMLDivElement>(null);
  const size = useSize(area);
  const view = usePanZoom(area, layout, size);
  const at = graph.nodes.findIndex((node) => node.fn === chosen);
  useEffect(() => {
    if (at >= 0) view.show(layout.nodes[at]!.x, layout.nodes[at]!.y);
  }, [at, layout, size[0] > 0]);
  if (graph.nodes.length === 0) return <p class="empty">Nothing is left with these filters.</p>;

  const select = (node: number): void => update({ selected: graph.nodes[node]!.fn }, { replace: true });
  const sandwich = (node: number): void => update({ view: 'sandwich', selected: graph.nodes[node]!.fn, zoom: null, viewport: null });
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const ways: Record<string, [number, number]> = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    const way = ways[event.key];
    if (way) select(at < 0 ? 0 : nearestIn(layout.nodes, at, way));
    else if (event.key === 'Enter' && at >= 0) sandwich(at);
    else if (event.key === '+' || event.key === '=') view.zoom(1.25);
    else if (event.key === '-' || event.key === '_') view.zoom(0.8);
    else if (event.key === 'Home' || event.key === 'Escape') view.fit();
    else if ((event.key === 'm' || event.key === 'M' || event.key === 'ContextMenu') && at >= 0) {
      const bounds = area.current!.getBoundingClientRect(), { x, y } = layout.nodes[at]!;
      openMenu({ fn: graph.nodes[at]!.fn, path: null }, bounds.left + view.pose.x + x * view.pose.scale, bounds.top + view.pose.y + y * view.pose.scale + 16);
    } else return;
    event.preventDefault();
  };
  const colors = plotColors(dark);
  const isFaded = (fn: number): boolean => found !== null && found.matches[fn] !== 1;
  const words = (node: CallNode): string => `${frameName(model, node.fn).slice(0, 300)}: self ${formatValue(node.self, unit)} (${formatShare(node.self, tree.sum)}), total ${formatValue(node.total, unit)} (${formatShare(node.total, tree.sum)})`;
  return (
    <div class="callgraph">
      <div class="callgraph-area" ref={area} tabIndex={0} role="group" aria-label="call graph. Arrow keys move between functions, Enter shows callers and callees, M opens the actions, plus and minus zoom." onKeyDown={onKeyDown} {...view.handlers}>
        <svg width={size[0]} height={size[1]} aria-hidden="true">
          <g transform={`translate(${view.pose.x} ${view.pose.y}) scale(${view.pose.scale})`}>
            {graph.edges.map((edge, index) => {
              const share = Math.abs(edge.value / (tree.sum || 1));
              const isNear = at >= 0 && (edge.from === at || edge.to === at);
              const color = isNear ? colors.accent : mix(colors.dim, colors.surface, 0.55 - 0.4 * Math.min(1, share * 2));
              const route = layout.routes[index]!, width = 0.9 + 7 * Math.min(1, share);
              return (
                <g key={`${edge.from}-${edge.to}`} opacity={isFaded(graph.nodes[edge.from]!.fn) && isFaded(graph.nodes[edge.to]!.fn) ? 0.25 : 1}>
                  <path d={pathOf(route)} fill="none" stroke={color} stroke-width={width} stroke-dasharray={edge.isIndirect ? '5 4' : undefined} stroke-linecap="butt">
                    <title>{`${frameName(model, graph.nodes[edge.from]!.fn).slice(0, 160)} to ${frameName(model, graph.nodes[edge.to]!.fn).slice(0, 160)}: ${formatValue(edge.value, unit)} (${formatShare(edge.value, tree.sum)})${edge.isIndirect ? ', through others that are not shown' : ''}`}</title>
                  </path>
                  <path d={arrow(route, 4 + width)} fill={color} />
                </g>
              );
            })}
            {graph.edges.map((edge, index) => {
              if (Math.abs(edge.value / (tree.sum || 1)) < LEAST_LABEL_SHARE) return null;
              const { x, y } = middleOf(layout.routes[index]!);
              return <text key={`label${index}`} class="call-edge" x={x + 8} y={y}>{formatShare(edge.value, tree.sum)}</text>;
            })}
            {graph.nodes.map((node, index) => {
              const { x, y } = layout.nodes[index]!, { width, height, name, numbers, font } = nodes[index]!;
              const heat = Math.sqrt(Math.min(1, Math.abs(node.self / (tree.sum || 1)) * 2.2));
              return (
                <g key={node.fn} class={`call-node ${index === at ? 'is-current' : ''}`} opacity={isFaded(node.fn) ? 0.35 : 1} transform={`translate(${x - width / 2} ${y - height / 2})`}
                  onClick={() => { if (!view.wasDragged()) select(index); }} onDblClick={() => sandwich(index)}
                  onContextMenu={(event) => { event.preventDefault(); select(index); openMenu({ fn: node.fn, path: null }, event.clientX, event.clientY); }}>
                  <title>{`${words(node)}\n${frameLocation(model, node.fn).slice(0, 300)}`}</title>
                  <rect width={width} height={height} rx={5} fill={mix(dark ? '#23282f' : '#f3f4f6', dark ? '#a4502c' : '#f0966c', heat)} stroke={index === at ? colors.accent : mix(colors.line, colors.dim, Math.min(1, Math.abs(node.total / (tree.sum || 1))))} stroke-width={index === at ? 2.5 : 1} />
                  <text x={width / 2} y={8 + font * 0.8} font-size={font} class="call-name">{name}</text>
                  <text x={width / 2} y={height - 7} class="call-numbers">{numbers}</text>
                </g>
              );
            })}
          </g>
        </svg>
      </div>
      <div class="callgraph-tools" role="toolbar" aria-label="size of the call graph">
        <button type="button" class="button icon" aria-label="larger" onClick={() => view.zoom(1.25)}>+</button>
        <button type="button" class="button icon" aria-label="smaller" onClick={() => view.zoom(0.8)}>−</button>
        <button type="button" class="button" onClick={view.fit}>Fit</button>
      </div>
      <p class="hint tl-hint">
        The {formatCount(graph.nodes.length)} functions that say most{graph.leftOut > 0 && `, of ${formatCount(graph.nodes.length + graph.leftOut)}`}. Warm colour and large type: own value; thick lines: much passes; dashed: through functions that are not shown.
      </p>
      <div class="off-screen" aria-live="polite">{at >= 0 ? words(graph.nodes[at]!) : 'no function selected'}</div>
    </div>
  );
}

interface Drawn { name: string; numbers: string; font: number; width: number; height: number }

function describeNode(whole: string, node: CallNode, sum: number): Drawn {
  const last = whole.length > MOST_LETTERS ? whole.slice(lastPiece(whole)) : whole;
  const name = last.length > MOST_LETTERS ? `${last.slice(0, MOST_LETTERS - 1)}…` : last;
  const numbers = node.self === node.total ? `self ${formatShare(node.self, sum)}` : `self ${formatShare(node.self, sum)} of ${formatShare(node.total, sum)}`;
  const font = Math.min(MAX_FONT, MIN_FONT + (MAX_FONT - MIN_FONT) * Math.sqrt(Math.min(1, Math.abs(node.self / (sum || 1)) * 2.5)));
  return { name, numbers, font, width: Math.max(measured(name, font), measured(numbers, 11)) + 20, height: font + 30 };
}

let measure: CanvasRenderingContext2D | null = null;

function measured(text: string, font: number): number {
  measure ??= document.createElement('canvas').getContext('2d');
  if (!measure) return text.length * font * 0.6;
  measure.font = `${font}px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif`;
  return measure.measureText(text).width;
}

/** A smooth line that leaves and enters vertically. */
function pathOf(route: readonly Placed[]): string {
  let path = `M${round(route[0]!.x)} ${round(route[0]!.y)}`;
  for (let at = 1; at < route.length; at++) {
    const from = route[at - 1]!, to = route[at]!, middle = (from.y + to.y) / 2;
    path += `C${round(from.x)} ${round(middle)} ${round(to.x)} ${round(middle)} ${round(to.x)} ${round(to.y)}`;
  }
  return path;
}

function arrow(route: readonly Placed[], size: number): string {
  const { x, y } = route[route.length - 1]!;
  const isUp = route[route.length - 2]!.y > y;
  const back = isUp ? size : -size;
  return `M${round(x)} ${round(y)}l${-size * 0.5} ${back}h${size}z`;
}

function middleOf(route: readonly Placed[]): Placed {
  const at = Math.max(1, Math.floor(route.length / 2));
  return { x: (route[at - 1]!.x + route[at]!.x) / 2, y: (route[at - 1]!.y + route[at]!.y) / 2 };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** The closest node in a direction, sideways distance counting double. */
function nearestIn(nodes: readonly Placed[], from: number, [dx, dy]: [number, number]): number {
  let best = from, least = Infinity;
  nodes.forEach((node, index) => {
    const x = node.x - nodes[from]!.x, y = node.y - nodes[from]!.y;
    const ahead = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
    if (ahead > 1 && ahead + 2 * aside < least) [best, least] = [index, ahead + 2 * aside];
  });
  return best;
}

export const view: View = { id: 'callgraph', title: 'Call graph', key: '8', available: () => true, Component: CallGraphView };
