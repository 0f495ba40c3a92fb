//! The list of views, in the order of the tabs. To add one, add its file and
//! its line here; nothing else names a view.

import type { View } from '../core/state';
import { view as callgraph } from './callgraph';
import { view as chart } from './chart';
import { view as diff } from './diff';
import { view as findings } from './findings';
import { view as flame } from './flame';
import { view as heatmap } from './heatmap';
import { view as inverted } from './inverted';
import { view as sandwich } from './sandwich';
import { view as source } from './source';
import { view as timeline } from './timeline';
import { view as top } from './top';

export const VIEWS: readonly View[] = [findings, flame, inverted, sandwich, chart, top, timeline, heatmap, callgraph, source, diff];
