//! A derived tree as a flame graph: used by flame, inverted and sandwich.
//!
//! Knows: how zoom, selection, colours and shapes of the view state apply to a
//! tree. The zoom is kept by frame ids, so that it survives a change of filters.

import { useMemo, useState } from 'preact/hooks';
import { boxColors, paletteFor } from '../canvas/colors';
import { treeGraph } from '../canvas/graph';
import { frameCount, frameName, frameRegion, isGroupFrame } from '../core/frames';
import type { ViewProps } from '../core/state';
import { threadOfNodes } from '../core/threads';
import { nodeAt, pathOf, type DerivedTree } from '../core/tree';
import { FrameDetails, frameSentence } from './FrameDetails';
import { GraphView, type Badge } from './GraphView';

export interface TreeGraphProps extends Omit<ViewProps, 'tree'> {
  tree: DerivedTree;
  label: string;
  flipped: boolean;
  /** Paths of this tree mean something outside of it (focus on subtree). */
  pathsAreStacks: boolean;
  /** Whether the root has a row of its own; it has unless this is false. */
  withRoot?: boolean;
  /** What the root is called; by default after the signal. */
  rootTitle?: string;
  /** What is said before a name, if anything. */
  mark?: (node: number) => string;
  zoom: number[] | null;
  onZoom: (zoom: number[] | null) => void;
}

export function TreeGraph(props: TreeGraphProps) {
  const { model, state, update, tree, found, dark, zoom, pathsAreStacks } = props;
  const graph = useMemo(() => treeGraph(tree, props.withRoot ?? true), [tree, props.withRoot]);
  const palette = paletteFor(dark);
  const colors = useMemo(
    () => boxColors(model, graph, state.colorBy, tree, state.colorBy === 'thread' ? threadOfNodes(model, tree, state) : null),
    [model, graph, tree, state.colorBy],
  );
  const zoomNode = useMemo(() => (zoom ? nodeAt(tree, zoom) : 0), [tree, zoom]);
  const [cursor, setCursor] = useState<{ tree: DerivedTree; node: number } | null>(null);
  // After a change of the tree the selection is looked for by what it was.
  const cursorNode = useMemo(() => {
    if (!cursor) return zoomNode > 0 ? zoomNode : -1;
    return cursor.tree === tree ? cursor.node : nodeAt(tree, pathOf(cursor.tree, cursor.node));
  }, [cursor, tree, zoomNode]);
  const badges = useMemo<Badge[]>(() => (pathsAreStacks ? shapesOf(props) : []), [tree, state.signal, pathsAreStacks]);

  const zoomTo = (node: number): void => {
    update({ viewport: null }, { replace: true });
    props.onZoom(node <= 0 ? null : pathOf(tree, node));
  };
  const seen: [number, number] = state.viewport && pathsAreStacks ? state.viewport
    : zoomNode > 0 && graph.extent > 0 ? [tree.left[zoomNode]! / graph.extent, (tree.left[zoomNode]! + tree.width[zoomNode]!) / graph.extent] : [0, 1];
  const regionOf = (box: number): string => {
    const fn = tree.fn[box]!;
    if (box === 0 || fn >= model.fn.count || model.fn.region[fn] === 0) return '';
    const up = tree.parent[box]!;
    return up > 0 && tree.fn[up]! < model.fn.count && model.fn.region[tree.fn[up]!] === model.fn.region[fn] ? '' : frameRegion(model, fn);
  };
  if (tree.count <= 1 && tree.sum === 0) return <p class="empty">Nothing of this signal is left. Choose another signal, or remove a filter if there is one above.</p>;
  return (
    <GraphView
      graph={graph} colors={colors} palette={palette} flipped={props.flipped} goal={seen} cursor={cursorNode} matches={found?.matches ?? null} badges={badges}
      label={props.label} name={(box) => (box === 0 ? (props.rootTitle ?? rootName(props)) : (props.mark?.(box) ?? '') + frameName(model, tree.fn[box]!))} region={regionOf}
      describe={(box) => frameSentence(model, tree, state.signal, box)}
      tooltip={(box) => <FrameDetails model={model} tree={tree} signal={state.signal} node={box} viewNode={zoomNode} note={badges.find((badge) => badge.box === box)?.text} />}
      onCursor={(box) => {
        setCursor({ tree, node: box });
        const fn = tree.fn[box]!;
        if (box > 0 && !isGroupFrame(model, fn) && fn < frameCount(model) && fn !== state.selected) update({ selected: fn }, { replace: true });
      }}
      onZoom={zoomTo}
      onOut={() => (state.viewport && pathsAreStacks ? update({ viewport: null }) : zoomTo(zoomNode > 0 ? tree.parent[zoomNode]! : 0))}
      onMenu={(box, x, y) => {
        if (box > 0) props.openMenu({ fn: tree.fn[box]!, path: pathsAreStacks ? pathOf(tree, box) : null }, x, y);
      }}
      onViewport={(viewport) => {
        if (pathsAreStacks) update({ viewport }, { replace: true });
      }}
    />
  );
}

function rootName({ model, state, tree }: TreeGraphProps): string {
  return `all · ${model.header.signals[state.signal]!.name}${tree.sumN > 0 ? '' : ' · nothing'}`;
}

/** The shapes that were found in the profile, where they are in this tree. */
function shapesOf({ model, state, tree }: TreeGraphProps): Badge[] {
  const out: Badge[] = [];
  for (const shape of model.header.shapes) {
    if (shape.signal !== state.signal || !tree.fromBase) continue;
    const box = tree.fromBase[shape.node]!;
    if (box > 0 && !out.some((one) => one.box === box)) out.push({ box, kind: shape.kind, title: shape.title, text: shape.text });
  }
  return out;
}
