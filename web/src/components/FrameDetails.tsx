//! What is known of one frame, as rows of words and numbers.

import { sidesOfNode, signed, verdictsOfNodes, VERDICT_WORDS } from '../core/changes';
import { formatCount, formatShare, formatValue } from '../core/format';
import { frameKindName, frameLocation, frameModule, frameName, frameRegion } from '../core/frames';
import type { DerivedTree } from '../core/tree';
import type { Unit, Verdict } from '../data/header';
import { NODE_FOLDED, NODE_INLINED, type Model } from '../data/model';

const MAX_NAME = 300;

export function shorten(text: string, length = MAX_NAME): string {
  return text.length <= length ? text : `${text.slice(0, length)}… (${formatCount(text.length)} characters)`;
}

export interface DetailsProps { model: Model; tree: DerivedTree; signal: number; node: number; /** What the view is zoomed to; 0 is all. */ viewNode: number; note?: string | undefined }

export function FrameDetails({ model, tree, signal, node, viewNode, note }: DetailsProps) {
  const { unit } = model.header.signals[signal]!;
  const fn = tree.fn[node]!;
  const isRoot = node === 0;
  const about = isRoot ? [] : [frameKindName(model, fn), shorten(frameModule(model, fn), 80), frameRegion(model, fn), (tree.flags[node]! & NODE_INLINED) !== 0 ? 'inlined' : ''].filter((part) => part !== '');
  const row = (title: string, value: number, n: number) => (
    <tr>
      <th scope="row">{title}</th>
      <td>{formatValue(value, unit)}</td>
      <td>{formatShare(value, tree.sum)}</td>
      {viewNode > 0 && <td>{formatShare(value, tree.total[viewNode]!)}</td>}
      <td>{formatCount(n)}</td>
    </tr>
  );
  return (
    <div class="details">
      <div class="details-name">{isRoot ? 'all' : shorten(frameName(model, fn))}</div>
      {!isRoot && <div class="details-place">{shorten(frameLocation(model, fn), 160)}</div>}
      {about.length > 0 && <div class="details-about">{about.join(' · ')}</div>}
      {tree.otherTotal ? <BothSides total={sidesOfNode(model, tree, node)} self={sidesOfNode(model, tree, node, 'self')} unit={unit} /> : (
        <table class="details-numbers">
          <thead><tr><th /><th>value</th><th>of all</th>{viewNode > 0 && <th>of view</th>}<th>samples</th></tr></thead>
          <tbody>{row('total', tree.total[node]!, tree.totalN[node]!)}{row('self', tree.self[node]!, tree.selfN[node]!)}</tbody>
        </table>
      )}
      {tree.otherTotal && !isRoot && <div class="details-about">{provedSentence(verdictsOfNodes(model, tree).get(node))}</div>}
      {(tree.flags[node]! & NODE_FOLDED) !== 0 && <div class="details-note">Stands for frames too small to show one by one.</div>}
      {note && <div class="details-note">{note}</div>}
    </div>
  );
}

/** Before, after and the change, of total and self. */
export function BothSides({ total, self, unit }: { total: [number, number]; self: [number, number]; unit: Unit }) {
  const row = (title: string, [before, after]: [number, number]) => {
    const change = after - before;
    return (
      <tr>
        <th scope="row">{title}</th>
        <td>{formatValue(before, unit)}</td>
        <td>{formatValue(after, unit)}</td>
        <td>{signed(change, (size) => formatValue(size, unit))}</td>
        <td>{before > 0 && change !== 0 ? signed(change, (size) => formatShare(size, before)) : ''}</td>
      </tr>
    );
  };
  return (
    <table class="details-numbers is-compared">
      <thead><tr><th /><th>before</th><th>after</th><th colSpan={2}>change</th></tr></thead>
      <tbody>{row('total', total)}{row('self', self)}</tbody>
    </table>
  );
}

function provedSentence(verdict: Verdict | undefined): string {
  return verdict === undefined ? 'Not proved: these samples cannot tell it from chance.' : `Proved: ${VERDICT_WORDS[verdict]}${verdict === 'gone' || verdict === 'new' ? '' : ' than before'}.`;
}

/** The same in one sentence, for a screen reader. */
export function frameSentence(model: Model, tree: DerivedTree, signal: number, node: number): string {
  const { unit } = model.header.signals[signal]!;
  const name = node === 0 ? 'all' : frameName(model, tree.fn[node]!).slice(0, MAX_NAME);
  let children = 0;
  for (let child = node + 1; child < tree.end[node]!; child = tree.end[child]!) children++;
  return `${name}, total ${formatValue(tree.total[node]!, unit)}, ${formatShare(tree.total[node]!, tree.sum)}, self ${formatShare(tree.self[node]!, tree.sum)}, level ${tree.depth[node]}, ${children} below`;
}
