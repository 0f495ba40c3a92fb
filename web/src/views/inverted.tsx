//! Inverted: not written yet; the tab is hidden until `available` says yes.

import type { View } from '../core/state';

export const view: View = {
  id: 'inverted',
  title: 'Inverted',
  key: '3',
  available: () => false,
  Component: () => null,
};
