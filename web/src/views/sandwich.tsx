//! Sandwich: not written yet; the tab is hidden until `available` says yes.

import type { View } from '../core/state';

export const view: View = {
  id: 'sandwich',
  title: 'Sandwich',
  key: '4',
  available: () => false,
  Component: () => null,
};
