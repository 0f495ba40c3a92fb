//! Timeline: not written yet; the tab is hidden until `available` says yes.

import type { View } from '../core/state';

export const view: View = {
  id: 'timeline',
  title: 'Timeline',
  key: '6',
  available: () => false,
  Component: () => null,
};
