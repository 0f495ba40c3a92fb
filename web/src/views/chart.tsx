//! Stack chart: not written yet; the tab is hidden until `available` says yes.

import type { View } from '../core/state';

export const view: View = {
  id: 'chart',
  title: 'Stack chart',
  key: '2',
  available: () => false,
  Component: () => null,
};
