//! Comparison: not written yet; the tab is hidden until `available` says yes.

import type { View } from '../core/state';

export const view: View = {
  id: 'diff',
  title: 'Comparison',
  key: '0',
  available: () => false,
  Component: () => null,
};
