// Where each moment of a story stands on the page: silence is folded, calm stretches are one line, and what is written
// never overlaps. Pure.
const MS = 1000;
const SILENCE = 1e6, SILENCE_HEIGHT = 32, CALM_HEIGHT = 28, CALM_LEAST = 4, SLOW = 1e6;

// Longer than its own work takes.
export const delayOf = (story, operation) => endOf(story, operation) - operation.sent - operation.own;
export const isNotable = operation => Boolean(operation.words); // the page's maker has written down what it met
// Its end is worth a moment on the axis.
export const isLong = (story, operation) => endOf(story, operation) - operation.sent >= SLOW;
export const endOf = (story, operation) => operation.answered ?? story.end;
export const isLoud = packet => packet.swallowed || packet.forged || packet.again || packet.damaged || !['data', 'ACK'].includes(packet.kind);

// What goes on with the line before it is no alarm of its own.
export const isLoudLine = line => !['LOG', 'DETAIL', 'STATEMENT', 'CONTEXT', 'HINT'].includes(line.level);

// Moments that must be seen: no calm stretch reaches over one.
function loudMoments(story) {
    const moments = [];
    for (const fault of story.faults)
        moments.push(fault.applied, fault.reverted);
    for (const mark of story.marks)
        moments.push(mark.at);
    for (const operation of story.operations)
        if (isNotable(operation))
            moments.push(operation.sent, endOf(story, operation));
    for (const packet of story.packets)
        if (isLoud(packet))
            moments.push(packet.at);
    for (const line of story.log)
        if (isLoudLine(line))
            moments.push(line.at);
    return moments.filter(at => at !== null).sort((a, b) => a - b);
}

// Runs of operations that were answered at once while nothing happened.
export function calmStretches(story) {
    const loud = loudMoments(story);
    const stretches = [];
    let current = null, next = 0;
    for (const operation of story.operations) {
        while (next < loud.length && loud[next] < operation.sent)
            next++;
        const disturbed = next < loud.length && loud[next] <= endOf(story, operation);
        const interrupted = current && loud.some(at => at > current.from && at < operation.sent);
        if (isNotable(operation) || disturbed || interrupted)
            current = null;
        if (isNotable(operation) || disturbed)
            continue;
        if (!current)
            stretches.push(current = {from: operation.sent, until: operation.answered, operations: []});
        current.operations.push(operation);
        current.until = Math.max(current.until, operation.answered);
    }
    return stretches.filter(stretch => stretch.operations.length >= CALM_LEAST);
}

// What needs a height of its own, in lanes that do not disturb each other. A fault's words stand on the path, where packets get
// lost; without packets, among the operations.
function itemsOf(story, lanes) {
    const words = lanes.packets ? 'path' : 'operations';
    const items = [{at: 0, lane: 'axis', height: 16}, {at: story.end, lane: 'axis', height: 16}];
    for (const operation of story.operations)
        items.push({at: operation.sent, lane: 'operations', height: 18, of: operation}, {at: endOf(story, operation), lane: isLong(story, operation) ? 'axis' : 'ends', height: isLong(story, operation) ? 14 : 2});
    for (const fault of story.faults)
        items.push({at: fault.applied, lane: words, height: 26, of: fault}, {at: fault.reverted ?? story.end, lane: words, height: 8});
    for (const mark of story.marks)
        items.push({at: mark.at, lane: words, height: 22, of: mark});
    for (const connection of story.connections)
        items.push({at: Math.max(0, connection.opened), lane: 'connections', height: 8}, {at: connection.closed ?? story.end, lane: 'connections', height: 4});
    if (lanes.packets)
        for (const packet of story.packets)
            items.push({at: packet.at, lane: isLoud(packet) ? 'path' : 'packets', height: isLoud(packet) ? 15 : 4, of: packet},
                {at: packet.left ?? packet.at, lane: 'arrivals', height: 0});
    if (lanes.log)
        for (const line of story.log)
            items.push({at: line.at, lane: 'log', height: 15, of: line});
    return items.filter(item => item.at !== null && item.at >= 0).sort((a, b) => a.at - b.at);
}

const distance = us => us <= MS / 2 ? 0 : Math.min(22, 2 + us / MS / 6);

class Scale {
    constructor() {
        this.times = [];
        this.places = [];
    }

    add(at, y) {
        if (this.times.at(-1) === at)
            this.places[this.places.length - 1] = y;
        else {
            this.times.push(at);
            this.places.push(y);
        }
    }

    // Between two moments that are known, in proportion.
    y(at) {
        let low = 0, high = this.times.length - 1;
        if (at <= this.times[0])
            return this.places[0];
        if (at >= this.times[high])
            return this.places[high];
        while (high - low > 1) {
            const middle = (low + high) >> 1;
            if (this.times[middle] <= at)
                low = middle;
            else
                high = middle;
        }
        const part = (at - this.times[low]) / (this.times[high] - this.times[low]);
        return this.places[low] + part * (this.places[high] - this.places[low]);
    }
}

export function layOut(story, lanes, unfolded) {
    const stretches = calmStretches(story).filter(stretch => !unfolded.has(stretch.from));
    const scale = new Scale();
    const silences = [];
    const free = new Map(); // where the next item of a lane may stand
    let y = 30, last = 0, stretch = 0;
    const moveTo = at => {
        const gap = at - last;
        if (gap > SILENCE) {
            silences.push({y: y + SILENCE_HEIGHT / 2 - 1, us: gap});
            y += SILENCE_HEIGHT;
        } else
            y += distance(gap);
        last = at;
    };
    scale.add(0, y);
    for (const item of itemsOf(story, lanes)) {
        while (stretch < stretches.length && stretches[stretch].from <= item.at) {
            const calm = stretches[stretch++];
            moveTo(calm.from);
            y = Math.max(y, ...free.values()) + 4;
            scale.add(calm.from, y);
            calm.y = y;
            y += CALM_HEIGHT;
            scale.add(calm.until, y);
            y += 4;
            last = calm.until;
        }
        const calm = stretches[stretch - 1];
        if (calm && item.at <= calm.until)
            continue;
        if (item.at > last)
            moveTo(item.at);
        y = Math.max(y, free.get(item.lane) ?? 0);
        free.set(item.lane, y + item.height);
        scale.add(item.at, y);
        if (item.of)
            item.of.y = y; // several of one moment stand below each other
    }
    const isHidden = at => stretches.some(calm => at >= calm.from && at <= calm.until);
    return {scale, silences, stretches, isHidden, height: Math.max(y, ...free.values()) + 24};
}

// The column in which each interval stands, so that none covers another: [{from, until}] -> [column]
export function packColumns(intervals) {
    const ends = [];
    return intervals.map(({from, until}) => {
        let column = ends.findIndex(end => end <= from);
        if (column < 0)
            column = ends.length;
        ends[column] = Math.max(until, from + 1);
        return column;
    });
}
