// The data of the page, and how numbers read.
const parse = id => JSON.parse(document.getElementById(id).textContent);

const page = parse('data');
export const run = page.run;
export const folder = page.folder || '.';
export const metrics = page.metrics.map(([key, name, summary, isDuration]) => ({key, name, summary, isDuration}));
export const packetKinds = page.kinds;
export const fears = page.groups; // what people fear, in the league's order
export const other = page.other; // the run that this one is compared with, where there is one

for (const [index, cell] of run.cells.entries()) {
    const slash = cell.scenario.lastIndexOf('/');
    cell.index = index;
    // Of one fear there are scenarios of several folders.
    cell.name = cell.group ? cell.scenario : cell.scenario.slice(slash + 1);
    cell.group = cell.group || (slash < 0 ? 'scenarios' : cell.scenario.slice(0, slash));
    cell.product = cell.subject.split(':')[0];
}

export const cellOf = dir => run.cells.find(cell => cell.dir === dir);

// By the bits of an operation's flags: what the ledger says of a write.
const ledgerFlaws = ['lost', 'duplicated', 'in doubt', 'torn'];
const UNSUPPORTED = 16;

// Read when somebody looks at it: a page holds hundreds.
const stories = new Map();
export function storyOf(cell) {
    if (!stories.has(cell)) {
        const element = document.querySelector(`script[data-story="${cell.index}"]`);
        stories.set(cell, element ? unpack(JSON.parse(element.textContent)) : {missing: 'not in this page'});
    }
    return stories.get(cell);
}

function unpack(story) {
    if (!story.operations)
        return story;
    return {
        ...story,
        operations: story.operations.map(([id, name, sent, answered, ok, backend, port, error, kind, sqlstate, own, flags, words]) =>
            ({id, name, sent, answered, ok, backend, port, error, kind, sqlstate, own, words, flaws: ledgerFlaws.filter((_, bit) => flags >> bit & 1), isSent: (flags & UNSUPPORTED) === 0})),
        faults: story.faults.map(([kind, argument, applied, reverted, hits, line]) =>
            ({kind, argument, applied, reverted, hits, line})),
        marks: story.marks.map(([at, text]) => ({at, text})),
        connections: story.connections.map(([port, pid, opened, closed]) => ({port, pid, opened, closed})),
        packets: story.packets.map(([entered, left, kind, flags, port, length, says]) => ({
            entered, left, port, length, says, kind: packetKinds[kind], toDb: (flags & 1) !== 0, again: (flags & 2) !== 0,
            damaged: (flags & 4) !== 0, at: entered ?? left, swallowed: left === null, forged: entered === null,
        })),
        log: story.log.map(([at, pid, level, text]) => ({at, pid, level, text})),
    };
}

const SECOND = 1e6;

export function moment(us) {
    return `${(us / SECOND).toFixed(3)} s`;
}

export function span(us) {
    if (us < 1000)
        return `${Math.round(us)} µs`;
    if (us < SECOND)
        return `${us < 10000 ? (us / 1000).toFixed(1) : Math.round(us / 1000)} ms`;
    const seconds = us / SECOND;
    if (seconds < 10)
        return `${seconds.toFixed(1)} s`;
    if (seconds < 3600)
        return `${Math.round(seconds)} s`;
    return `${Math.floor(seconds / 3600)} h ${Math.round(seconds / 60) % 60} min`;
}

export function metricText(metric, value) {
    if (value === null || value === undefined)
        return '–';
    return metric.isDuration ? span(value * 1000) : String(value);
}

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;
