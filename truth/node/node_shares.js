// Leaves with known shares, and nested functions that each have work of their own.
'use strict';
const truth = require('./truth.js');

function leafFive(rounds) {
    let state = 0x281;
    for (let turn = 0; turn < rounds; turn++) state = (Math.imul(state, 69069) + 0x281) | 0;
    return state;
}

function leafThree(rounds) {
    let state = 0x293;
    for (let turn = 0; turn < rounds; turn++) state = (Math.imul(state, 69069) + 0x293) | 0;
    return state;
}

function leafTwo(rounds) {
    let state = 0x2a5;
    for (let turn = 0; turn < rounds; turn++) state = (Math.imul(state, 69069) + 0x2a5) | 0;
    return state;
}

function innerWork(rounds) {
    let state = 0x2b7;
    for (let turn = 0; turn < rounds; turn++) state = (Math.imul(state, 69069) + 0x2b7) | 0;
    return state;
}

function middleWork(milli) {
    let state = 0x2c9;
    for (let turn = 0; turn < 3 * milli; turn++) state = (Math.imul(state, 69069) + 0x2c9) | 0;
    truth.cpu(innerWork, 6 * milli);
    return state;
}

function outerWork(milli) {
    let state = 0x2db;
    for (let turn = 0; turn < 2 * milli; turn++) state = (Math.imul(state, 69069) + 0x2db) | 0;
    truth.cpu(middleWork, milli);
    for (let turn = 0; turn < 2 * milli; turn++) state = (Math.imul(state, 69069) + 0x2db) | 0;
    return state;
}

const milli = truth.roundsPerMilli();
const until = truth.deadline();
// Through the event loop, as programs do.
function turn() {
    truth.cpu(leafFive, 5 * milli);
    truth.cpu(leafThree, 3 * milli);
    truth.cpu(leafTwo, 2 * milli);
    truth.cpu(outerWork, milli);
    if (truth.isBefore(until)) setImmediate(turn);
    else truth.write('node_shares', 1);
}
turn();
