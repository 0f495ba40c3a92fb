//! Flame graph: the call tree of the current signal, widest first.
//!
//! Knows: that its zoom is the one in the address.

import { TreeGraph } from '../components/TreeGraph';
import type { View, ViewProps } from '../core/state';

function Flame(props: ViewProps) {
  const { state, update } = props;
  return (
    <TreeGraph {...props} label="flame graph: callers above, callees below" flipped={state.orientation === 'flame'} pathsAreStacks
      zoom={state.zoom} onZoom={(zoom) => update({ zoom, viewport: null })} />
  );
}

export const view: View = { id: 'flame', title: 'Flame graph', key: '1', drawsStacks: true, available: () => true, Component: Flame };
