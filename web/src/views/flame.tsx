//! Flame graph: the call tree of the current signal, widest first.

import type { View } from '../core/state';

export const view: View = {
  id: 'flame',
  title: 'Flame graph',
  key: '1',
  available: () => true,
  Component: ({ tree }) => <p>{tree.count} nodes</p>,
};
