// Runs once in each JavaScript thread of a target, put there by its inspector. It samples the thread with V8's own
// profiler through a session inside the process, so that no port has to stay open, and keeps what it finds, within
// limits, until it is fetched. Everything stops by itself when Fathom is gone (`options.watcher`) or the limit of
// time is reached. No timer of it keeps the process alive; nothing of it is visible but a property of the global
// object whose key is a symbol.
((options) => {
  'use strict';
  const load =
    typeof process.getBuiltinModule === 'function' ? (name) => process.getBuiltinModule(name) : require;
  const key = Symbol.for('fathom.probe');
  if (globalThis[key] !== undefined) globalThis[key].discard();
  const inspector = load('inspector');
  const { readFileSync, readlinkSync } = load('fs');
  const { isMainThread } = load('worker_threads');
  const { PerformanceObserver, performance, monitorEventLoopDelay } = load('perf_hooks');

  const microsNow = () => Math.round(Number(process.hrtime.bigint()) / 1000);
  // Performance entries count from the process's begin.
  const entriesBeginMicros = microsNow() - performance.now() * 1000;
  const pieces = [];
  const events = [];
  const series = [];
  const workers = new Map();
  const problems = [];
  const counts = { lostPieces: 0, lostEvents: 0, eventsOfSecond: 0 };
  let piecesChars = 0;
  let pieceBeginMicros = 0;
  let isProfiling = false;
  let isEnded = false;
  let session;
  let delays;
  let utilization;
  let ticker;
  let limit;
  const observers = new Map();

  const problem = (where, error) => {
    if (problems.length < 20) problems.push(where + ': ' + String((error && error.message) || error).slice(0, 300));
  };

  const post = (method, parameters) => {
    let outcome;
    session.post(method, parameters, (error, result) => {
      outcome = { error, result };
    });
    if (outcome === undefined) throw new Error(method + ' gave no answer');
    if (outcome.error) throw new Error(method + ': ' + outcome.error.message);
    return outcome.result;
  };

  const beginPiece = () => {
    post('Profiler.start');
    pieceBeginMicros = microsNow();
    isProfiling = true;
  };

  const endPiece = () => {
    isProfiling = false;
    const text = JSON.stringify(post('Profiler.stop').profile);
    pieces.push(text);
    piecesChars += text.length;
    while (piecesChars > options.mostChars && pieces.length > 1) {
      piecesChars -= pieces.shift().length;
      counts.lostPieces += 1;
    }
  };

  const observe = (type, rowOf) => {
    try {
      const observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          counts.eventsOfSecond += 1;
          if (events.length >= options.mostEvents) {
            counts.lostEvents += 1;
            continue;
          }
          const beginMicros = Math.round(entriesBeginMicros + entry.startTime * 1000);
          events.push([type, beginMicros, Math.round(entry.duration * 1000), ...rowOf(entry, entry.detail || {})]);
        }
      });
      observer.observe({ entryTypes: [type] });
      observers.set(type, observer);
    } catch (error) {
      problem(type, error);
    }
  };

  const pathOf = (url) => String(url || '').split(/[?#]/)[0].slice(0, 200);

  const isWatched = () => {
    const [pid, startTicks] = options.watcher;
    const text = readFileSync('/proc/' + pid + '/stat', 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] === startTicks;
  };

  const tick = () => {
    try {
      if (options.watcher !== null && !isWatched()) return discard();
      const now = performance.eventLoopUtilization();
      const { utilization: share } = performance.eventLoopUtilization(now, utilization);
      utilization = now;
      if (delays.max > 0 && series.length < options.mostPoints) {
        const own = options.delayMillis * 1e6;
        const values = [delays.mean, delays.percentile(50), delays.percentile(99), delays.max];
        series.push([microsNow(), share, ...values.map((nanos) => Math.max(0, Math.round(nanos - own)))]);
      }
      delays.reset();
      // Where very much happens, telling of it would cost more than it is worth.
      if (counts.eventsOfSecond > options.mostEventsPerSecond) {
        for (const type of ['http', 'net', 'dns']) {
          const observer = observers.get(type);
          if (observer !== undefined) observer.disconnect();
          if (observers.delete(type)) problems.push(type + ': more than can be told at little cost');
        }
      }
      counts.eventsOfSecond = 0;
      if (isProfiling && microsNow() - pieceBeginMicros > options.pieceMicros) {
        endPiece();
        beginPiece();
      }
    } catch (error) {
      if (options.watcher !== null && error.code === 'ENOENT') return discard();
      problem('tick', error);
    }
  };

  const end = () => {
    if (isEnded) return;
    isEnded = true;
    clearInterval(ticker);
    clearTimeout(limit);
    for (const observer of observers.values()) observer.disconnect();
    if (delays !== undefined) delays.disable();
    try {
      if (isProfiling) endPiece();
      post('Profiler.disable');
    } catch (error) {
      problem('end', error);
    }
  };

  const toWorker = (id, number, expression) => {
    const params = { expression, includeCommandLineAPI: true, returnByValue: true };
    const message = JSON.stringify({ id: number, method: 'Runtime.evaluate', params });
    try {
      post('NodeWorker.sendMessageToWorker', { sessionId: id, message });
    } catch (error) {
      problem('worker', error);
      workers.get(id).isOpen = false;
    }
  };

  const ofWorkers = "globalThis[Symbol.for('fathom.probe')]";

  const discard = () => {
    for (const [id, worker] of workers) if (worker.isOpen) toWorker(id, 3, ofWorkers + '?.discard()');
    end();
    pieces.length = events.length = series.length = 0;
    if (session !== undefined) session.disconnect();
    delete globalThis[key];
  };

  const followWorkers = () => {
    session.on('NodeWorker.attachedToWorker', ({ params }) => {
      const { sessionId, workerInfo } = params;
      workers.set(sessionId, { title: String(workerInfo.title).slice(0, 100), isOpen: true, told: null });
      const source = '(' + options.source + ')(' + JSON.stringify({ ...options, source: '' }) + ')';
      toWorker(sessionId, 1, source);
    });
    session.on('NodeWorker.detachedFromWorker', ({ params }) => {
      const worker = workers.get(params.sessionId);
      if (worker !== undefined) worker.isOpen = false;
    });
    session.on('NodeWorker.receivedMessageFromWorker', ({ params }) => {
      const worker = workers.get(params.sessionId);
      const { id, result, error } = JSON.parse(params.message);
      if (worker === undefined || (id !== 1 && id !== 2)) return;
      const value = result && result.result && result.result.value;
      if (typeof value !== 'string') {
        problem(worker.title, error || (result && result.exceptionDetails && result.exceptionDetails.text));
        worker.isOpen = false;
      } else if (id === 2) {
        worker.told = value;
        worker.isOpen = false;
      }
    });
    post('NodeWorker.enable', { waitForDebuggerOnStart: false });
  };

  const begin = () => {
    session = new inspector.Session();
    session.connect();
    post('Profiler.enable');
    post('Profiler.setSamplingInterval', { interval: options.intervalMicros });
    beginPiece();
    observe('gc', (entry, detail) => [detail.kind === undefined ? entry.kind : detail.kind]);
    observe('http', (entry, { req, res }) => [
      entry.name,
      String((req && req.method) || '').slice(0, 20),
      pathOf(req && req.url),
      (res && res.statusCode) || 0,
    ]);
    observe('net', (entry, detail) => [entry.name, String(detail.host || '').slice(0, 200), detail.port || 0]);
    observe('dns', (entry, detail) => [entry.name, String(detail.hostname || '').slice(0, 200)]);
    delays = monitorEventLoopDelay({ resolution: options.delayMillis });
    delays.enable();
    utilization = performance.eventLoopUtilization();
    ticker = setInterval(tick, 1000);
    ticker.unref();
    limit = setTimeout(end, options.limitMillis);
    limit.unref();
    if (options.watcher !== null) {
      try {
        if (!isWatched()) options.watcher = null;
      } catch {
        // It cannot be seen from here; the limit of time stands.
        options.watcher = null;
      }
    }
    if (isMainThread) followWorkers();
  };

  // Asks the workers to end, which takes a moment; `ready` tells when they have answered, and how many there are.
  const stop = () => {
    tick();
    end();
    for (const [id, worker] of workers) if (worker.isOpen) toWorker(id, 2, ofWorkers + '.take()');
  };

  const ready = (isLast) => {
    const all = Array.from(workers.values());
    return !isLast && all.some((worker) => worker.isOpen) ? -1 : all.length;
  };

  const worker = (at) => JSON.stringify(Array.from(workers.values())[at]);

  const take = () => {
    if (!isEnded) stop();
    const tid = readlinkSync('/proc/thread-self');
    const text = JSON.stringify({ tid, pieces, counts, events, series, problems });
    session.disconnect();
    delete globalThis[key];
    return text;
  };

  Object.defineProperty(globalThis, key, { value: { stop, ready, worker, take, discard }, configurable: true });
  try {
    begin();
  } catch (error) {
    problem('begin', error);
  }
  return 'begun';
})
