// The story in one strip of true time: the picture below it folds silence, so that there a bar of 30 ms can be as long as one
// of minutes. A class has a height and a sign besides its colour.
import {span} from './data.js';
import {h, s} from './dom.js';
import {endOf, packColumns} from './layout.js';
import {operationClass, operationWords} from './chart.js';

const ROWS_MAX = 6, ROW = 13, FAULT_HEIGHT = 10, TICKS_MAX = 4;
const heights = {skip: 3, clean: 3, delayed: 6, errors: 9, doubt: 9, stuck: 9, data: 9};
const shapes = {data: 'M-5 -5l10 10m0 -10l-10 10', doubt: 'M0 -6L6 0L0 6L-6 0z', errors: 'M-5 5L0 -5L5 5z', stuck: 'M-4.5 -4.5h9v9h-9z', delayed: 'M0 -4a4 4 0 1 0 .01 0z'};

// 1, 2 or 5 times a power of ten, so that few are enough.
function tickStep(end) {
    const power = 10 ** Math.floor(Math.log10(end / TICKS_MAX));
    return power * [1, 2, 5, 10].find(times => end / (power * times) <= TICKS_MAX);
}

function drawTicks(end, at, height) {
    const step = tickStep(end), ticks = [];
    for (let us = step; us < end; us += step)
        ticks.push(s('line', {class: 'tick', x1: at(us), x2: at(us), y1: 0, y2: height}),
            us < end * 0.8 && s('text', {x: at(us), y: height + 13, 'text-anchor': 'middle'}, span(us)));
    return [ticks, s('text', {x: 0, y: height + 13}, '0'), s('text', {x: '100%', y: height + 13, 'text-anchor': 'end'}, span(end))];
}

function drawBars(story, at, rows) {
    return story.operations.map((operation, i) => {
        const kind = operationClass(story, operation), until = endOf(story, operation);
        const middle = FAULT_HEIGHT + Math.min(rows[i], ROWS_MAX - 1) * ROW + ROW / 2;
        return s('g', {class: kind}, s('svg', {x: at(operation.sent), y: middle - heights[kind] / 2, width: at(until - operation.sent), height: heights[kind], overflow: 'visible'},
            s('rect', {class: 'bar', width: '100%', height: heights[kind]}), s('rect', {class: 'bar least', width: 2, height: heights[kind]})),
        shapes[kind] && s('svg', {x: at(until), y: middle, overflow: 'visible'}, s('path', {class: 'bar', d: shapes[kind]})));
    });
}

function label(story) {
    const loud = story.operations.filter(operation => operationClass(story, operation) !== 'clean');
    return [`In true time, ${span(story.end)}`, ...story.faults.map(fault => `fault ${fault.kind} from ${span(fault.applied)} ${fault.reverted === null ? 'until the end' : `to ${span(fault.reverted)}`}`),
        ...loud.slice(0, 5).map(operation => `${operation.name} ${operation.id} at ${span(operation.sent)} ${operationWords(story, operation)}`),
        loud.length > 5 ? `and ${loud.length - 5} more` : null].filter(Boolean).join('; ');
}

export function timeStrip(story) {
    if (story.end <= 0)
        return null;
    const at = us => `${(100 * Math.min(1, Math.max(0, us / story.end))).toFixed(3)}%`;
    const rows = packColumns(story.operations.map(operation => ({from: operation.sent, until: endOf(story, operation)})));
    const height = FAULT_HEIGHT + Math.min(ROWS_MAX, Math.max(1, ...rows.map(row => row + 1))) * ROW;
    const faults = story.faults.map(fault => s('svg', {x: at(fault.applied), width: at((fault.reverted ?? story.end) - fault.applied), height, overflow: 'visible'},
        s('rect', {class: 'fault', width: '100%', height}), s('rect', {class: 'fault-edge', width: '100%', height: 3}), s('rect', {class: 'fault-edge', width: 1.5, height})));
    return h('figure', {class: 'true-time'}, h('figcaption', {}, 'in true time'),
        s('svg', {width: '100%', height: height + 18, role: 'img', overflow: 'visible', 'aria-label': label(story)}, faults, drawTicks(story.end, at, height), drawBars(story, at, rows)));
}
