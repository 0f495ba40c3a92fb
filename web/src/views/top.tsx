//! Top functions: not written yet; the tab is hidden until `available` says yes.

import type { View } from '../core/state';

export const view: View = {
  id: 'top',
  title: 'Top functions',
  key: '5',
  available: () => false,
  Component: () => null,
};
