//! Call graph: not written yet; the tab is hidden until `available` says yes.

import type { View } from '../core/state';

export const view: View = {
  id: 'callgraph',
  title: 'Call graph',
  key: '8',
  available: () => false,
  Component: () => null,
};
