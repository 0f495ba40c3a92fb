// Lets a JavaScript program measure its own CPU and blocked time by function, like truth/c/truth.h.
//
// CPU time is that of the process around calls of several milliseconds, less that of measured functions that it calls:
// Node.js tells no thread's before version 23. Blocked time is wall time less CPU time around the call. Every measured
// function does its work in its own frame, and has a name that is unique in the program. It does not know any profiler.
'use strict';
const fs = require('fs');

const POINT_NANOS = 20_000_000;
const cpuNanos = {}, blockedNanos = {}, points = {}, counts = {};
let inner = 0, start = nowNanos();

function nowNanos() { return Number(process.hrtime.bigint()); }

function processCpuNanos() {
    const used = process.cpuUsage();
    return (used.user + used.system) * 1000;
}

function add(name, began, cpu, blocked) {
    const now = nowNanos(), before = [cpuNanos[name] || 0, blockedNanos[name] || 0];
    if (cpu !== null) cpuNanos[name] = before[0] + Math.max(Math.round(cpu), 0);
    if (blocked !== null) blockedNanos[name] = before[1] + Math.max(Math.round(blocked), 0);
    // What was measured up to a moment, now and then: for whoever saw only a part of the run.
    const of = points[name] || (points[name] = []), last = of.length ? of[of.length - 1][0] : 0;
    if (now - last > POINT_NANOS) {
        if (began > last) of.push([began, ...before]);
        of.push([now, cpuNanos[name] || 0, blockedNanos[name] || 0]);
    }
}

exports.cpu = (work, ...given) => {
    const outer = inner, began = nowNanos(), before = processCpuNanos();
    inner = 0;
    const result = work(...given), used = processCpuNanos() - before;
    add(work.name, began, used - inner, null);
    inner = outer + used;
    return result;
};

exports.blocked = (work, ...given) => {
    const before = processCpuNanos(), began = nowNanos();
    const result = work(...given), ended = nowNanos();
    add(work.name, began, null, ended - began - (processCpuNanos() - before));
    return result;
};

// The first argument in seconds from now, 12 s without one; as nowNanos() counts.
exports.deadline = () => {
    start = nowNanos();
    return start + parseFloat(process.argv[2] || '12') * 1e9;
};

exports.isBefore = (deadline) => nowNanos() < deadline;

// Turns of the loop of the leaves that take about a millisecond of CPU time here, once they are compiled.
exports.roundsPerMilli = () => {
    let fastest = Infinity;
    const rounds = 2_000_000;
    for (let turn = 0; turn < 6; turn++) {
        const before = processCpuNanos();
        calibrateBurn(rounds);
        fastest = Math.min(fastest, Math.max(processCpuNanos() - before, 1000));
    }
    return Math.max(Math.round(rounds * 1e6 / fastest), 1);
};

function calibrateBurn(rounds) {
    let state = 0x9e37;
    for (let turn = 0; turn < rounds; turn++) state = (Math.imul(state, 69069) + 0x9e37) | 0;
    return state;
}

exports.count = (name, value) => { counts[name] = value; };

// Writes the JSON line to the file named by FATHOM_TRUTH, or to stderr.
exports.write = (program, threads) => {
    const line = JSON.stringify({
        program, cpu: cpuNanos, blocked: blockedNanos, counts, points, threads,
        total_cpu_nanos: Math.round(processCpuNanos()), wall_nanos: Math.round(nowNanos() - start),
        end_unix_nanos: Date.now() * 1e6,
    }) + '\n';
    if (process.env.FATHOM_TRUTH) fs.writeFileSync(process.env.FATHOM_TRUTH, line);
    else process.stderr.write(line);
};
