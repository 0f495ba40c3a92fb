'use strict';
(function () {
  const NS = 'http://www.w3.org/2000/svg', XHTML = 'http://www.w3.org/1999/xhtml';
  const ROW = 20, SIDE = 16, TOP = 100, SMALLEST = 0.4;
  const svg = document.documentElement.tagName === 'svg' ? document.documentElement : document.querySelector('svg.fathom');
  const byId = (id) => svg.querySelector('#' + id);
  const data = JSON.parse(byId('data').textContent);
  const count = data.total.length;
  const children = Array.from({ length: count }, () => []);
  const begin = new Float64Array(count), next = new Float64Array(count), depth = new Uint32Array(count);
  for (let i = 1; i < count; i++) {
    const up = data.parent[i];
    children[up].push(i);
    depth[i] = depth[up] + 1;
    begin[i] = next[up];
    next[up] += data.total[i];
    next[i] = begin[i];
  }
  const functionOf = (i) => data.functions[data.function[i]];
  let zoomed = 0, hits = null, drawnWidth = 0, charWidth = 7.2, shown = new Map();

  const element = (name, attributes, text) => {
    const node = document.createElementNS(NS, name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    return node;
  };

  // Numbers -------------------------------------------------------------------------------------
  const three = (v) => v < 9.995 ? v.toFixed(2) : v < 99.95 ? v.toFixed(1) : v.toFixed(0);
  const grouped = (v) => String(Math.round(v)).replace(/\B(?=(\d{3})+$)/g, ',');
  const human = (v) => {
    if (data.unit === 'nanoseconds') {
      return v < 999.5 ? v.toFixed(0) + ' ns' : v < 999.5e3 ? three(v / 1e3) + ' us' : v < 999.5e6 ? three(v / 1e6) + ' ms'
        : v < 599.5e9 ? three(v / 1e9) + ' s' : v < 5.9995e12 ? three(v / 6e10) + ' min' : three(v / 3.6e12) + ' h';
    }
    if (data.unit === 'bytes') {
      const k = 1024;
      return v < 1000 ? v + ' B' : v < 999.5 * k ? three(v / k) + ' KiB' : v < 999.5 * k * k ? three(v / k / k) + ' MiB' : three(v / k / k / k) + ' GiB';
    }
    return grouped(v);
  };
  const percent = (p) => {
    const v = p * 100;
    return v <= 0 ? '0 %' : v < 0.05 ? '<0.1 %' : v < 9.95 ? v.toFixed(1) + ' %' : v >= 99.5 && v < 100 ? Math.min(v, 99.9).toFixed(1) + ' %' : v.toFixed(0) + ' %';
  };
  // Wilson's score interval at 95 %, on the effective sample size of the whole.
  const withInterval = (p) => {
    const n = data.effectiveSamples;
    if (!(n > 0)) return percent(p);
    const z2 = 3.841459, centre = (p + z2 / (2 * n)) / (1 + z2 / n);
    const half = Math.sqrt(z2) / (1 + z2 / n) * Math.sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    const low = p <= 0 ? 0 : Math.max(0, centre - half) * 100, high = p >= 1 ? 100 : Math.min(1, centre + half) * 100;
    if (high < 0.1) return '<0.1 %';
    return high - low < 2
      ? (p * 100).toFixed(1) + ' % [' + (Math.floor(low * 10) / 10).toFixed(1) + '-' + (Math.ceil(high * 10) / 10).toFixed(1) + ']'
      : (p * 100).toFixed(0) + ' % [' + Math.floor(low) + '-' + Math.ceil(high) + ']';
  };

  // Drawing -------------------------------------------------------------------------------------
  const frames = byId('frames'), title = svg.querySelector('.title'), foot = byId('foot'), tip = byId('tip');
  // The script lays out in pixels, so the still picture's scaling goes.
  svg.removeAttribute('viewBox');
  svg.setAttribute('width', '100%');
  const width = () => Math.max(480, Math.floor(svg.getBoundingClientRect().width));
  const above = () => {
    const set = new Set();
    for (let i = zoomed; i !== 0; i = data.parent[i]) set.add(data.parent[i]);
    return set;
  };
  const label = (name, pixels) => {
    const room = Math.floor((pixels - 8) / charWidth);
    return room < 3 ? '' : name.length <= room ? name : name.slice(0, room - 1) + '\u2026';
  };
  const draw = () => {
    layOut();
    // A scroll bar that came or went with the new height has changed the width.
    if (width() !== drawnWidth) layOut();
  };
  const layOut = () => {
    const pixels = width(), inner = pixels - 2 * SIDE, scale = data.total[zoomed] > 0 ? inner / data.total[zoomed] : 0;
    const ancestors = above();
    drawnWidth = pixels;
    const piece = document.createDocumentFragment();
    shown = new Map();
    const add = (i, x, w) => {
      const f = functionOf(i), group = element('g', { class: 'f k' + f.kind + ' s' + f.shade + (ancestors.has(i) ? ' above' : '') + (hits && hits.has(i) ? ' hit' : '') });
      const y = TOP + depth[i] * ROW;
      group.appendChild(element('rect', { x: x.toFixed(2), y: y, width: Math.max(w - 0.6, 0.3).toFixed(2), height: ROW - 1, rx: w > 6 ? 2 : 0 }));
      const words = label(f.name, w);
      if (words) group.appendChild(element('text', { x: (x + 5).toFixed(2), y: y + 14 }, words));
      group.dataset.at = i;
      piece.appendChild(group);
      shown.set(i, group);
    };
    // Callers of the zoomed frame fill the width; what is not under it is not drawn.
    for (const i of [...ancestors].reverse()) add(i, SIDE, inner);
    const open = [zoomed];
    let lowest = depth[zoomed];
    while (open.length) {
      const i = open.pop(), w = data.total[i] * scale;
      if (w < SMALLEST) continue;
      lowest = Math.max(lowest, depth[i]);
      add(i, SIDE + (begin[i] - begin[zoomed]) * scale, w);
      for (let c = children[i].length - 1; c >= 0; c--) open.push(children[i][c]);
    }
    frames.replaceChildren(piece);
    const bottom = TOP + (lowest + 1) * ROW;
    foot.setAttribute('transform', 'translate(0,' + (bottom - data.footY) + ')');
    svg.setAttribute('height', bottom + data.footHeight);
    tools.setAttribute('x', pixels - SIDE - 520);
    title.textContent = label(data.title, (pixels - 2 * SIDE) / 1.42);
    svg.classList.toggle('searching', hits !== null);
    hideTip();
  };
  const zoom = (i) => { zoomed = i; draw(); };

  // Tooltip -------------------------------------------------------------------------------------
  const hideTip = () => tip.replaceChildren();
  const showTip = (i, event) => {
    const f = functionOf(i), all = data.total[0], lines = [[f.name, 'name']];
    if (f.place) lines.push([f.place, '']);
    lines.push([[data.kinds[f.kind], f.module].filter(Boolean).join(' \u00b7 '), 'faint']);
    lines.push(['total ' + human(data.total[i]) + '  ' + withInterval(all > 0 ? data.total[i] / all : 0), '']);
    lines.push(['self  ' + human(data.self[i]) + '  ' + withInterval(all > 0 ? data.self[i] / all : 0), '']);
    if (zoomed !== 0 && data.total[zoomed] > 0 && i >= zoomed) lines.push([percent(data.total[i] / data.total[zoomed]) + ' of the frame zoomed to', '']);
    lines.push([grouped(data.samples[i]) + (data.samples[i] === 1 ? ' sample' : ' samples'), 'faint']);
    const pixels = width(), most = Math.floor((pixels - 3 * SIDE) / charWidth);
    const cut = lines.map(([text, style]) => [text.length > most ? text.slice(0, most - 1) + '\u2026' : text, style]);
    const w = Math.max(...cut.map(([text]) => text.length)) * charWidth + 20, h = cut.length * 17 + 12;
    const box = svg.getBoundingClientRect();
    let x = event.clientX - box.left + 14, y = event.clientY - box.top + 16;
    if (x + w > pixels - 4) x = Math.max(4, pixels - w - 4);
    // Above the pointer where there is no room below it.
    if (event.clientY + 16 + h > window.innerHeight) y = Math.max(4 - box.top, y - h - 28);
    const group = element('g', { transform: 'translate(' + x + ',' + y + ')' });
    group.appendChild(element('rect', { width: w, height: h, rx: 6 }));
    cut.forEach(([text, style], at) => group.appendChild(element('text', { x: 10, y: 20 + at * 17, class: style }, text)));
    tip.replaceChildren(group);
  };
  const frameAt = (event) => {
    const group = event.target.closest ? event.target.closest('.f') : null;
    return group && group.dataset.at !== undefined ? Number(group.dataset.at) : null;
  };
  frames.addEventListener('mousemove', (event) => { const i = frameAt(event); if (i === null) hideTip(); else showTip(i, event); });
  frames.addEventListener('mouseleave', hideTip);
  frames.addEventListener('click', (event) => { const i = frameAt(event); if (i !== null) zoom(i); });

  // Search --------------------------------------------------------------------------------------
  const tools = element('foreignObject', { x: 0, y: 34, width: 520, height: 34 });
  const html = (name, attributes, text) => {
    const node = document.createElementNS(XHTML, name);
    for (const key in attributes) node.setAttribute(key, attributes[key]);
    if (text !== undefined) node.textContent = text;
    return node;
  };
  const bar = html('div', { id: 'tools' }), found = html('span', { id: 'found' }), reset = html('button', { type: 'button' }, 'Reset');
  const input = html('input', { type: 'search', placeholder: 'Search (regex)   /', 'aria-label': 'Search functions by regular expression', spellcheck: 'false' });
  bar.append(found, input, reset);
  tools.appendChild(bar);
  svg.insertBefore(tools, tip);
  const search = (text) => {
    input.classList.remove('bad');
    found.textContent = '';
    hits = null;
    if (text) {
      let pattern = null;
      try { pattern = new RegExp(text, /[A-Z]/.test(text) ? '' : 'i'); } catch (error) { input.classList.add('bad'); }
      if (pattern) {
        const matches = data.functions.map((f) => pattern.test(f.name) || (f.place !== '' && pattern.test(f.place)));
        hits = new Set();
        // A sample that meets several matches counts once: only the outermost match adds.
        const inside = new Uint8Array(count);
        let sum = 0;
        for (let i = 1; i < count; i++) {
          const hit = matches[data.function[i]];
          if (hit) hits.add(i);
          if (hit && !inside[data.parent[i]]) sum += data.total[i];
          inside[i] = hit || inside[data.parent[i]] ? 1 : 0;
        }
        found.textContent = 'matched ' + withInterval(data.total[0] > 0 ? sum / data.total[0] : 0);
      }
    }
    for (const [i, group] of shown) group.classList.toggle('hit', hits !== null && hits.has(i));
    svg.classList.toggle('searching', hits !== null);
  };
  const clear = () => { input.value = ''; search(''); zoom(0); };
  input.addEventListener('input', () => search(input.value));
  reset.addEventListener('click', clear);
  window.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') { clear(); input.blur(); }
    const wanted = (event.key === '/' && event.target !== input) || ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'f' && document.activeElement !== input);
    if (wanted) { event.preventDefault(); input.focus(); input.select(); }
  });
  window.addEventListener('resize', draw);

  // What a test or a bookmark can ask for: #zoom=12&search=regex
  const probe = element('text', { x: 0, y: -100 }, '0'.repeat(50));
  svg.appendChild(probe);
  charWidth = probe.getComputedTextLength() / 50 || charWidth;
  probe.remove();
  draw();
  const wish = new URLSearchParams(window.location.hash.slice(1));
  const at = Number(wish.get('zoom'));
  if (Number.isInteger(at) && at > 0 && at < count) zoom(at);
  if (wish.get('search')) { input.value = wish.get('search'); search(input.value); }
})();
