// The same work in every run, for measuring what a profiler costs, argument: TURNS.
//
// The work begins when the file named by TRUTH_GATE is there, and after some of it without a clock, so that the code is
// compiled.
'use strict';
const fs = require('fs');
const truth = require('./truth.js');

function mix(state, rounds) {
    for (let round = 0; round < rounds; round++) state = (Math.imul(state, 69069) + 0x3a1) | 0;
    return state;
}

function descend(account, state, depth) {
    if (depth > 0) return descend(account, state + 1, depth - 1);
    state = mix(state, 9000);
    account.set(state & 511, (account.get(state & 511) || 0) + (state & 0xff));
    return state ^ String(state).length;
}

function work(turns) {
    const account = new Map();
    let state = 1;
    for (let turn = 0; turn < turns; turn++) state = descend(account, state & 0xffff, 20);
    return state + account.size;
}

const turns = parseInt(process.argv[2] || '10000', 10);
work(Math.min(turns, 20_000));

function timed() {
    const gate = process.env.TRUTH_GATE;
    if (gate && !fs.existsSync(gate)) return setTimeout(timed, 10);
    const cpu = process.cpuUsage(), wall = process.hrtime.bigint();
    work(turns);
    const used = process.cpuUsage(cpu);
    truth.count('turns', turns);
    truth.count('work_wall_nanos', Number(process.hrtime.bigint() - wall));
    truth.count('work_cpu_nanos', (used.user + used.system) * 1000);
    truth.write('node_fixed_work', 1);
}
timed();
