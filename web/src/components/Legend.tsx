//! What the colours of the graphs mean, said in words beside a swatch.

import { useMemo } from 'preact/hooks';
import { divergingColor, kindColor } from '../canvas/colors';
import type { ViewState } from '../core/state';
import type { DerivedTree } from '../core/tree';
import type { Model } from '../data/model';

export function Legend({ model, tree, state, dark }: { model: Model; tree: DerivedTree; state: ViewState; dark: boolean }) {
  const kinds = useMemo(() => {
    const totals = new Float64Array(256);
    for (let node = 1; node < tree.count; node++) if (tree.fn[node]! < model.fn.count) totals[model.fn.kind[tree.fn[node]!]!]! += Math.abs(tree.self[node]!) + 1e-9;
    return [...totals.keys()].filter((kind) => totals[kind]! > 0).sort((a, b) => totals[b]! - totals[a]!);
  }, [model, tree]);
  const swatch = (color: string, text: string) => <span class="legend-item" key={text}><span class="swatch" style={{ backgroundColor: color }} />{text}</span>;
  if (state.colorBy === 'kind') return <div class="legend" aria-label="colours">{kinds.map((kind) => swatch(kindColor(model, kind, dark), model.header.kinds[kind] ?? 'unknown'))}</div>;
  if (state.colorBy === 'diff') return <div class="legend" aria-label="colours">{swatch(divergingColor(-1, dark), 'less')}{swatch(divergingColor(0, dark), 'same or not proved')}{swatch(divergingColor(1, dark), 'more')}</div>;
  return <div class="legend"><span class="legend-item">{state.colorBy === 'module' ? 'one colour per module' : 'one colour per thread; grey where several share a frame'}</span></div>;
}
