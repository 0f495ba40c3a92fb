//! Inverted: functions by their own value, and below each who called it.

import { useMemo } from 'preact/hooks';
import { TreeGraph } from '../components/TreeGraph';
import { invertTree } from '../core/invert';
import type { View, ViewProps } from '../core/state';

function Inverted(props: ViewProps) {
  const { state, update, tree } = props;
  const inverted = useMemo(() => invertTree(tree), [tree]);
  return (
    <TreeGraph {...props} tree={inverted} label="inverted flame graph: functions by own value, callers below" flipped={state.orientation === 'flame'} pathsAreStacks={false}
      zoom={state.zoom} onZoom={(zoom) => update({ zoom })} />
  );
}

export const view: View = { id: 'inverted', title: 'Inverted', key: '2', drawsStacks: true, available: () => true, Component: Inverted };
