//! Heat map: not written yet; the tab is hidden until `available` says yes.

import type { View } from '../core/state';

export const view: View = {
  id: 'heatmap',
  title: 'Heat map',
  key: '7',
  available: () => false,
  Component: () => null,
};
