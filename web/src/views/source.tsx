//! Source: not written yet; the tab is hidden until `available` says yes.

import type { View } from '../core/state';

export const view: View = {
  id: 'source',
  title: 'Source',
  key: '9',
  available: () => false,
  Component: () => null,
};
