// Calls that block the event loop: a lock with a time, a child process, and work between them.
'use strict';
const { spawnSync } = require('child_process');
const truth = require('./truth.js');

const lock = new Int32Array(new SharedArrayBuffer(4));

function leafBetween(rounds) {
    let state = 0x2ed;
    for (let turn = 0; turn < rounds; turn++) state = (Math.imul(state, 69069) + 0x2ed) | 0;
    return state;
}

function waitForLock(millis) {
    return Atomics.wait(lock, 0, 0, millis);
}

function waitForChild(seconds) {
    return spawnSync('sleep', [seconds]).status;
}

const milli = truth.roundsPerMilli();
const until = truth.deadline();
function turn() {
    truth.blocked(waitForLock, 15);
    truth.cpu(leafBetween, 10 * milli);
    truth.blocked(waitForChild, '0.03');
    truth.cpu(leafBetween, 10 * milli);
    if (truth.isBefore(until)) setImmediate(turn);
    else truth.write('node_waits', 1);
}
turn();
