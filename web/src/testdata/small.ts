//! A small plausible profile: a Python web service with a worker, over 20 s.
//!
//! Has every kind of content: two processes, seven threads, wall, CPU,
//! allocation and lock signals, states, regions, recursion, a folded remainder,
//! series, a timeline, shapes, source text, and quality notes.

import type { Judgement } from '../data/judgement';
import { plainHeader, ProfileBuilder, randomNumbers, STATES, type FunctionSpec } from './profile';

const BIN = 50_000_000, BINS = 400;
const python = (name: string, file: string, line: number, more: Partial<FunctionSpec> = {}): FunctionSpec =>
  ({ name, file, line, module: file.split('/')[0]!, runtime: 'python', kind: 'user', ...more });
const library = (name: string, file: string, line: number, more: Partial<FunctionSpec> = {}): FunctionSpec =>
  python(name, file, line, { kind: 'library', ...more });
const native = (name: string, module: string, more: Partial<FunctionSpec> = {}): FunctionSpec => ({ name, module, kind: 'native', runtime: 'native', ...more });
const kernel = (name: string, more: Partial<FunctionSpec> = {}): FunctionSpec => ({ name, module: '[kernel]', kind: 'kernel', runtime: 'kernel', ...more });

interface Path { frames: FunctionSpec[]; cpu: number; wait?: [string, number]; bytes?: number; only?: number[]; from?: number; to?: number; folded?: boolean }

const serve = [python('main', 'shop/app.py', 12), library('serve_forever', 'wsgi/server.py', 88), library('handle_request', 'wsgi/server.py', 143)];
const checkout = [...serve, python('checkout', 'shop/views.py', 41)];
const search = [...serve, python('search', 'shop/views.py', 97)];
const orders = [...checkout, python('load_orders', 'shop/orders.py', 30)];
const query = [...orders, library('execute', 'sqldb/cursor.py', 210), native('PQexec', 'libpq.so.5', { region: 'I/O' })];
const json = library('dumps', 'json/encoder.py', 183, { region: 'serialisation' });
const walk = python('walk_category', 'shop/catalog.py', 55);
const worker = [python('run_worker', 'worker/main.py', 8), python('process_batch', 'worker/batch.py', 61)];

function paths(): Path[] {
  const out: Path[] = [
    { frames: query, cpu: 3, wait: ['blocked.network', 26] },
    { frames: [...query, kernel('tcp_recvmsg')], cpu: 4 },
    { frames: [...orders, python('price_of', 'shop/orders.py', 72), python('tax_rate', 'shop/tax.py', 14)], cpu: 22, bytes: 30 },
    { frames: [...orders, python('price_of', 'shop/orders.py', 72), library('__add__', 'decimal/decimal.py', 1120)], cpu: 9, bytes: 120 },
    { frames: [...checkout, json, library('iterencode', 'json/encoder.py', 244, { region: 'serialisation' })], cpu: 17, bytes: 260 },
    { frames: [...checkout, json, native('encoder_listencode_obj', '_json.so', { region: 'serialisation' })], cpu: 11, bytes: 180 },
    { frames: [...search, library('search', 're/__init__.py', 174, { region: 'regular expressions' }), native('sre_ucs1_match', 'python3.12', { kind: 'interpreter', region: 'regular expressions' })], cpu: 31 },
    { frames: [...search, python('rank', 'shop/ranking.py', 20), native('cblas_sgemm', 'libopenblas.so.0')], cpu: 14 },
    { frames: [...serve, native('gc_collect_main', 'python3.12', { kind: 'gc', region: 'garbage collection' })], cpu: 6 },
    { frames: [...serve, library('acquire', 'threading.py', 320, { region: 'locks' }), kernel('futex_wait', { region: 'locks' })], cpu: 0.4, wait: ['blocked.lock', 18] },
    { frames: [...serve, native('_PyEval_EvalFrameDefault', 'python3.12', { kind: 'interpreter' })], cpu: 5 },
    { frames: [...serve, library('select', 'selectors.py', 468), kernel('ep_poll')], cpu: 0.3, wait: ['blocked.timer', 30] },
    { frames: [...search, { name: '(14 small frames)', kind: 'unknown' }], cpu: 1.4, folded: true },
    { frames: [...worker, python('compress', 'worker/batch.py', 120, { region: 'compression' }), native('ZSTD_compressBlock_fast', 'libzstd.so.1', { region: 'compression' })], cpu: 38, only: [5, 6] },
    { frames: [...worker, python('parse_line', 'worker/parse.py', 18, { region: 'parsing' })], cpu: 24, bytes: 400, only: [5, 6], from: 0.35, to: 0.8 },
    { frames: [...worker, native('malloc', 'libc.so.6', { region: 'allocation' })], cpu: 6, bytes: 700, only: [5, 6] },
    { frames: [...worker, python('flush', 'worker/batch.py', 160), kernel('vfs_write', { region: 'I/O' })], cpu: 2, wait: ['blocked.disk', 12], only: [5, 6] },
  ];
  for (let depth = 1; depth <= 34; depth++) {
    out.push({ frames: [...search, ...Array<FunctionSpec>(depth).fill(walk)], cpu: depth % 5 === 0 ? 0.9 : 0.12, bytes: 2 });
  }
  return out;
}

export function smallProfile(judgement: Judgement | null = null): Uint8Array {
  const random = randomNumbers(7);
  const threads = ['MainThread', 'http-1', 'http-2', 'http-3', 'scheduler'].map((name, index) => ({ name, tid: 4100 + index, process: 0 }))
    .concat(['MainThread', 'writer'].map((name, index) => ({ name, tid: 4210 + index, process: 1 })));
  const header = {
    ...plainHeader('python -m shop'), subtitle: '2026-03-14 10:22 UTC, host build-7, Linux 6.8, 499 Hz for 20 s', fathom: '0.3.0',
    judgement, durationNanos: BIN * BINS, realtimeStartNanos: '1773483720000000000', threads, binNanos: BIN,
    processes: [{ name: 'python', pid: 4100, command: 'python -m shop --workers 4' }, { name: 'python', pid: 4210, command: 'python -m worker' }],
    folded: { nodes: 14, text: '14 frames below 0.005 % of the whole are folded; totals are exact.' },
    timeline: { bins: BINS, rows: threads.map((thread, index) => ({ thread: index, label: thread.name, process: thread.process })), states: STATES, text: 'Each row is a thread; each cell is 50 ms.' },
    series: [{ name: 'resident memory', unit: 'bytes', process: 0 }, { name: 'requests per second', unit: '1/s', process: null }],
    quality: [
      { label: 'samples', text: '9,980 of 9,981 due', bad: false }, { label: 'complete stacks', text: '99.4 %', bad: false },
      { label: 'unmerged', text: '2.1 % of interpreter stacks had no native part', bad: true },
    ],
    notes: ['Kernel frames are shown because the profile was taken with privilege.'],
  };
  const profile = new ProfileBuilder(header, [
    { id: 'wall', name: 'Wall time', unit: 'nanoseconds', side: 0, sampleCountText: '69,860 samples', description: 'All of the time of every thread, running or not.' },
    { id: 'cpu', name: 'CPU time', unit: 'nanoseconds', side: 0, sampleCountText: '9,980 samples at 499 Hz', description: 'Time on a processor.' },
    { id: 'alloc-bytes', name: 'Allocated bytes', unit: 'bytes', side: 0, sampleCountText: '3,120 sampled allocations', description: 'Bytes asked for, by sampling.' },
    { id: 'alloc-count', name: 'Allocations', unit: 'count', side: 0, sampleCountText: '3,120 sampled allocations', description: 'Calls of the allocator, by sampling.' },
  ]);
  const all = paths().map((path) => ({ ...path, stack: path.frames.map((spec) => profile.fn(spec)) }));
  for (let thread = 0; thread < threads.length; thread++) {
    for (let bin = 0; bin < BINS; bin++) addBin(profile, all, random, thread, bin);
  }
  addExtras(profile, random, threads.length);
  const stackOf = (frames: FunctionSpec[]): number[] => frames.map((spec) => profile.fn(spec));
  for (const signal of [0, 1]) {
    profile.shapes.push(
      { signal, stack: stackOf([...orders, python('price_of', 'shop/orders.py', 72), python('tax_rate', 'shop/tax.py', 14)]), shape: { kind: 'plateau', title: 'tax_rate', text: 'tax_rate runs for a long time by itself: a plateau. Look inside this function, not at its callees.' } },
      { signal, stack: stackOf([...search, ...Array<FunctionSpec>(6).fill(walk)]), shape: { kind: 'tower', title: 'walk_category', text: 'walk_category calls itself up to 34 times: a tower. Deep recursion.' } },
      { signal, stack: stackOf([...checkout, json]), shape: { kind: 'sawtooth', title: 'dumps', text: 'Many short calls of different depth under dumps: a sawtooth.' } },
    );
  }
  return profile.write();
}

type Placed = Path & { stack: number[] };

function addBin(profile: ProfileBuilder, all: Placed[], random: () => number, thread: number, bin: number): void {
  const time = bin / BINS;
  const mine = all.filter((path) => (path.only ? path.only.includes(thread) : thread < 5) && time >= (path.from ?? 0) && time < (path.to ?? 1));
  const weights = mine.map((path) => ({ path, cpu: path.cpu * (0.3 + random() * random() * 2.4), wait: (path.wait?.[1] ?? 0) * (0.2 + 1.6 * random()) }));
  const burst = 1 + 0.8 * Math.sin(bin / 17 + thread);
  const sum = weights.reduce((total, one) => total + one.cpu * burst + one.wait, 0);
  for (const { path, cpu, wait } of weights) {
    const cpuNanos = Math.round((BIN * cpu * burst) / sum), waitNanos = Math.round((BIN * wait) / sum);
    if (cpuNanos > BIN / 90) {
      const n = Math.max(1, Math.round(cpuNanos / 2_004_008));
      profile.add(0, path.stack, { thread, bin, value: cpuNanos, n, state: 0, folded: path.folded ?? false });
      profile.add(1, path.stack, { thread, bin, value: cpuNanos, n, state: 0 });
      if (path.bytes && random() < 0.3) {
        const count = 1 + Math.floor(random() * 3);
        profile.add(2, path.stack, { thread, bin, value: Math.round(path.bytes * 4096 * count * random()), n: count });
        profile.add(3, path.stack, { thread, bin, value: count * 512, n: count });
      }
    }
    if (waitNanos > BIN / 90) profile.add(0, path.stack, { thread, bin, value: waitNanos, n: Math.max(1, Math.round(waitNanos / 2_004_008)), state: STATES.indexOf(path.wait![0]) });
  }
}

function addExtras(profile: ProfileBuilder, random: () => number, nThreads: number): void {
  const rows: number[] = [], bins: number[] = [], states: number[] = [], shares: number[] = [];
  for (let row = 0; row < nThreads; row++) {
    for (let bin = 0; bin < BINS; bin++) {
      const running = Math.round(255 * (0.3 + 0.5 * random()));
      rows.push(row, row); bins.push(bin, bin); states.push(0, row === 4 ? 5 : row > 4 ? 3 : 4); shares.push(running, 255 - running);
    }
  }
  const times = Array.from({ length: 200 }, (_, index) => index * 100_000_000);
  Object.assign(profile.extra, {
    'tl.row': { type: 'delta', values: rows }, 'tl.bin': { type: 'delta', values: bins }, 'tl.state': { type: 'u8', values: states }, 'tl.share': { type: 'u8', values: shares },
    'series0.time': { type: 'f64', values: times }, 'series0.value': { type: 'f64', values: times.map((_, index) => 2e8 + index * 4e5 + (index % 25) * 1e6) },
    'series1.time': { type: 'f64', values: times }, 'series1.value': { type: 'f64', values: times.map((_, index) => 120 + 60 * Math.sin(index / 9) + 10 * random()) },
  });
  const tax = profile.fn(python('tax_rate', 'shop/tax.py', 14));
  const lines = [16, 17, 18, 19, 20];
  Object.assign(profile.extra, {
    'line.fn': { type: 'delta', values: lines.map(() => tax) }, 'line.line': { type: 'delta', values: lines }, 'line.signal': { type: 'u8', values: lines.map(() => 1) },
    'line.self': { type: 'varint', values: [2e8, 9e9, 1e9, 0, 4e7].map(Math.round) }, 'line.total': { type: 'varint', values: [2e8, 9e9, 1e9, 3e8, 4e7].map(Math.round) },
  });
  const text = 'def tax_rate(country, kind, day):\n    """The rate in percent."""\n    best = None\n    for row in load_rates():\n        if row.country == country and row.kind == kind:\n            best = row\n    return best.rate if best else DEFAULT_RATE\n';
  profile.source('shop/tax.py', 14, text);
}
