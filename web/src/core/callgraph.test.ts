//! Values of the call graph, and that its picture is one.

import { describe, expect, it } from 'vitest';
import { readModel } from '../data/model';
import { plainHeader, ProfileBuilder, randomNumbers } from '../testdata/profile';
import { callGraph } from './callgraph';
import { deriveTree } from './derive';
import { frameName } from './frames';
import { layeredLayout, type Link } from './layered';
import { DEFAULT_STATE } from './state';

function graphOf(text: string, most = 40, always?: string) {
  const profile = new ProfileBuilder(plainHeader('t'), [{ id: 'cpu', name: 'CPU', unit: 'count', side: 0, sampleCountText: '', description: '' }]);
  for (const line of text.split('|')) {
    const [stack, value] = line.trim().split(' ');
    profile.add(0, stack!.split(';').map((name) => profile.fn({ name })), { value: Number(value) });
  }
  const model = readModel(profile.write());
  const graph = callGraph(model, deriveTree(model, DEFAULT_STATE), most, always === undefined ? null : profile.fn({ name: always }));
  const name = (node: number): string => frameName(model, graph.nodes[node]!.fn);
  return { nodes: graph.nodes.map((node, at) => `${name(at)} ${node.self}/${node.total}`).sort(), edges: graph.edges.map((edge) => `${name(edge.from)}${edge.isIndirect ? '~' : '>'}${name(edge.to)} ${edge.value}`).sort(), leftOut: graph.leftOut };
}

describe('the call graph', () => {
  it('adds up calls and counts recursion once', () => {
    expect(graphOf('m;a;b;a;b 10|m;a 3|m;b 2|m;m;b 1')).toEqual({
      nodes: ['a 3/13', 'b 13/13', 'm 0/16'], edges: ['a>b 10', 'b>a 10', 'm>a 13', 'm>b 3'], leftOut: 0,
    });
  });

  it('leads through functions that are not kept, and keeps the chosen one', () => {
    expect(graphOf('m;x;a 5|m;x;a;k 4|m;b 3', 3).edges).toEqual(['a>k 4', 'm~a 9']);
    const chosen = graphOf('m;x;a 50|m;tiny 1|m;b 3', 3, 'tiny');
    expect(chosen.nodes).toContain('tiny 1/1');
    expect(chosen.leftOut).toBe(2);
  });
});

describe('the layout', () => {
  it('keeps nodes apart, callers above, in few crossings, with cycles and long links', () => {
    const random = randomNumbers(9);
    for (let round = 0; round < 15; round++) {
      const count = 1 + Math.floor(40 * random());
      const boxes = Array.from({ length: count }, () => ({ width: 60 + 200 * random(), height: 30 + 20 * random() }));
      const links: Link[] = [];
      for (let at = 0; at < count * 1.6; at++) {
        const from = Math.floor(count * random()), to = Math.floor(count * random());
        if (from !== to) links.push({ from, to, weight: random() });
      }
      const layout = layeredLayout(boxes, links);
      expect(layeredLayout(boxes, links)).toEqual(layout);
      layout.nodes.forEach((one, a) => layout.nodes.forEach((other, b) => {
        if (a >= b) return;
        const isApart = Math.abs(one.x - other.x) >= (boxes[a]!.width + boxes[b]!.width) / 2 - 1e-6 || Math.abs(one.y - other.y) >= (boxes[a]!.height + boxes[b]!.height) / 2 - 1e-6;
        expect(isApart).toBe(true);
      }));
      links.forEach((link, at) => {
        const [from, to] = [layout.nodes[link.from]!, layout.nodes[link.to]!];
        expect(layout.isBack[at] ? from.y > to.y : from.y < to.y).toBe(true);
        const route = layout.routes[at]!;
        expect([route[0]!.x, route[route.length - 1]!.x]).toEqual([from.x, to.x]);
      });
      for (const [at, { x, y }] of layout.nodes.entries()) {
        expect(x - boxes[at]!.width / 2 >= -1e-6 && x + boxes[at]!.width / 2 <= layout.width + 1e-6 && y <= layout.height).toBe(true);
      }
    }
    expect(layeredLayout([], [])).toMatchObject({ nodes: [], width: 0, height: 0 });
  });

  it('draws a tree without crossings', () => {
    const links = [[0, 2], [1, 3], [0, 4], [1, 5], [2, 7], [3, 6]].map(([from, to]) => ({ from: from!, to: to!, weight: 1 }));
    const { nodes } = layeredLayout(Array.from({ length: 8 }, () => ({ width: 50, height: 20 })), links);
    for (const a of links) for (const b of links) {
      if (nodes[a.from]!.y !== nodes[b.from]!.y) continue;
      expect((nodes[a.from]!.x - nodes[b.from]!.x) * (nodes[a.to]!.x - nodes[b.to]!.x)).toBeGreaterThanOrEqual(0);
    }
  });
});
