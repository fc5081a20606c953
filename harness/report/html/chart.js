// The picture of a story: one axis of time downwards, lanes from the application to the server.
import {moment, plural, span} from './data.js';
import {s} from './dom.js';
import {delayOf, endOf, isLong, isLoud, isLoudLine, layOut, packColumns} from './layout.js';

const TIME_WIDTH = 92, CONNECTION_STEP = 14, CONNECTIONS_MAX = 10, PACKET_WIDTH = 270, LOG_WIDTH = 560, GAP = 20, LABEL = 78;
const BARS_WIDTH = 120, TOOK_WIDTH = 56, ERROR_LENGTH = 18, SAYS_LENGTH = 26;
const LETTER = 6.6, SMALL_LETTER = 6.2, BOLD_LETTER = 7.4; // as wide as a wide font has them: what is written is cut before it meets its neighbour

const DELAYED = 5e6, STUCK = 60e6; // as the verdict has it

const short = (text, length) => text.length > length ? `${text.slice(0, length - 1)}…` : text;
const title = text => s('title', {}, text);

const longest = words => Math.max(0, ...words.map(word => word.length));

// Where an operation's bars, its name, how long it took and its error stand.
function operationPlaces(story, shown) {
    const columns = packColumns(shown.map(operation => ({from: operation.sent, until: endOf(story, operation)})));
    const count = Math.max(1, ...columns.map(column => column + 1));
    const step = Math.min(26, BARS_WIDTH / count);
    const name = TIME_WIDTH + Math.max(30, count * step + 6);
    const took = name + longest(shown.map(nameOf)) * LETTER + TOOK_WIDTH; // its right edge
    const errors = shown.map(operation => short(errorOf(operation), ERROR_LENGTH));
    return {columns, step, name, took, right: Math.max(took + longest(errors) * LETTER + 8, TIME_WIDTH + 120)};
}

function lanesOf(story, lanes, places, columns) {
    const x = {operations: TIME_WIDTH, words: places.name};
    const label = Math.max(LABEL, 16 + SMALL_LETTER * longest(story.packets.filter(isLoud).map(packet => short(packetWords(packet), SAYS_LENGTH))));
    let right = x.operationsEnd = places.right;
    right += GAP;
    x.connections = right;
    if (lanes.connections)
        right += Math.max(78, Math.min(CONNECTIONS_MAX, columns) * CONNECTION_STEP) + GAP;
    if (lanes.packets) {
        x.app = right + label;
        x.wan = x.app + PACKET_WIDTH / 2;
        x.db = x.app + PACKET_WIDTH;
        right = x.db + label;
    }
    x.log = right;
    if (lanes.log)
        right += LOG_WIDTH;
    x.right = right;
    return x;
}

const text = (x, y, className, words, anchor) => s('text', {x, y, class: className, 'text-anchor': anchor}, words);

// What shares a moment stands below each other: the moment's time is written beside the first of it.
function drawAxis(story, layout) {
    const long = story.operations.filter(operation => isLong(story, operation));
    const own = new Map([...story.operations.map(o => [o.sent, o.y]), ...story.faults.map(f => [f.applied, f.y])]);
    const moments = new Set([0, ...own.keys(), ...story.faults.map(f => f.reverted), ...long.map(o => endOf(story, o)), story.end]);
    let lastY = -100;
    return [...moments].filter(at => at !== null && at >= 0 && !layout.isHidden(at)).sort((a, b) => a - b).map(at => {
        const y = own.get(at) ?? layout.scale.y(at);
        if (y - lastY < 13)
            return null;
        lastY = y;
        return text(TIME_WIDTH - 12, y + 4, 'when', moment(at), 'end');
    }).filter(Boolean);
}

function drawSilences(layout, x) {
    return layout.silences.map(({y, us}) => [
        s('path', {class: 'silence', d: `M${TIME_WIDTH} ${y}H${x.right}`}),
        text(TIME_WIDTH - 12, y + 4, 'later', `+ ${span(us)}`, 'end'),
    ]);
}

function drawFaults(story, layout, x, lanes) {
    const from = lanes.packets ? x.app : x.operations, right = lanes.packets ? x.db : x.operationsEnd, width = right - from;
    const wordsFrom = lanes.packets ? x.app + 8 : x.words, room = right - wordsFrom;
    const behind = [], before = [];
    for (const fault of story.faults) {
        const y = fault.y ?? layout.scale.y(fault.applied), end = layout.scale.y(fault.reverted ?? story.end);
        const words = `${fault.kind} ${fault.argument || ''}`.trim();
        const hits = fault.reverted === null ? 'until the end' : plural(fault.hits, 'hit');
        behind.push(s('rect', {class: 'fault', x: from, y, width, height: Math.max(4, end - y)},
            title(`fault ${words} from ${moment(fault.applied)}${fault.reverted === null ? '' : ` to ${moment(fault.reverted)}`}: ${hits}`)));
        before.push(s('path', {class: 'fault-edge', d: `M${from} ${y}H${from + width}M${from} ${end}H${from + width}`}),
            text(wordsFrom, y + 14, 'fault-words', short(`⚡ ${words} · ${hits}`, room / BOLD_LETTER)));
    }
    for (const mark of story.marks)
        if (!layout.isHidden(mark.at) && mark.at >= 0 && mark.at <= story.end)
            before.push(s('g', {}, text(wordsFrom, (mark.y ?? layout.scale.y(mark.at)) + 12, 'mark', short(mark.text, room / SMALL_LETTER)), title(mark.text)));
    return {behind, before};
}

// Lost, duplicated and torn weigh more than any wait; in doubt weighs less than a hang.
export function operationClass(story, operation) {
    if (!operation.isSent)
        return 'skip';
    if (operation.flaws.some(flaw => flaw !== 'in doubt'))
        return 'data';
    if (operation.answered === null)
        return 'stuck';
    const delay = delayOf(story, operation);
    if (delay >= STUCK)
        return 'stuck'; // whatever it was told in the end
    return operation.flaws.length > 0 ? 'doubt' : !operation.ok ? 'errors' : delay >= DELAYED ? 'delayed' : 'clean';
}

const nameOf = operation => `${operation.name} ${operation.id}`;
const tookOf = (story, operation) => span(endOf(story, operation) - operation.sent);
const flawsOf = operation => operation.flaws.join(', ');
const errorOf = operation => !operation.isSent ? 'not sent' : operation.answered === null ? ['never answered', ...operation.flaws].join(', ')
    : flawsOf(operation) || (operation.ok ? '' : operation.error || 'an error');

export function operationWords(story, operation) {
    const took = tookOf(story, operation);
    if (!operation.isSent)
        return 'not sent: the adapter cannot do it';
    const flaws = operation.flaws.length > 0 ? `, ${flawsOf(operation)}` : '';
    if (operation.answered === null)
        return `never answered, ${took}${flaws}`;
    return operation.ok ? `ok after ${took}${flaws}` : `after ${took}${flaws}: ${operation.error || 'an error'}`;
}

function drawOperations(story, layout, x, shown, places, choose) {
    return shown.map((operation, i) => {
        const y = operation.y ?? layout.scale.y(operation.sent), end = layout.scale.y(endOf(story, operation));
        const kind = operationClass(story, operation);
        const words = `${nameOf(operation)} ${operationWords(story, operation)}`;
        const open = () => choose(operation);
        return s('g', {class: `operation ${kind}`, role: 'button', tabindex: 0, 'data-operation': operation.id, onclick: open,
            onkeydown: event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); open(); } }},
        s('rect', {class: 'target', x: x.operations - 4, y: y - 2, width: x.operationsEnd - x.operations, height: Math.max(16, end - y + 4), rx: 4}),
        s('rect', {class: 'bar', x: x.operations + places.columns[i] * places.step, y, width: Math.max(6, places.step - 4), height: Math.max(4, end - y), rx: 3}),
        text(places.name, y + 12, '', nameOf(operation)), text(places.took, y + 12, 'took', tookOf(story, operation), 'end'),
        text(places.took + 8, y + 12, '', short(errorOf(operation), ERROR_LENGTH)), title(words));
    });
}

function drawConnections(story, layout, x) {
    const shown = story.connections.filter(connection => connection.opened <= story.end);
    const columns = packColumns(shown.map(c => ({from: c.opened, until: c.closed ?? story.end + 1})));
    return shown.map((connection, i) => {
        const column = Math.min(columns[i], CONNECTIONS_MAX - 1);
        const left = x.connections + column * CONNECTION_STEP;
        const y = layout.scale.y(Math.max(0, connection.opened)), end = layout.scale.y(connection.closed ?? story.end);
        const busy = story.operations.filter(o => o.port === connection.port && o.sent >= connection.opened - 1e6 && !layout.isHidden(o.sent));
        const whose = connection.pid ? `backend ${connection.pid}` : 'no backend';
        const until = connection.closed === null ? 'never closed' : `closed at ${moment(connection.closed)}`;
        const hidden = layout.isHidden(connection.opened) && connection.closed !== null && layout.isHidden(connection.closed);
        return hidden ? null : s('g', {class: `connection ${connection.pid ? '' : 'unserved'}`},
            s('rect', {class: 'life', x: left, y, width: 7, height: Math.max(3, end - y), rx: 2}),
            busy.map(o => s('rect', {class: 'busy', x: left, y: layout.scale.y(o.sent), width: 7, height: Math.max(3, layout.scale.y(endOf(story, o)) - layout.scale.y(o.sent))})),
            connection.closed === null ? null : s('path', {class: 'closed', d: `M${left + 0.5} ${end - 3}l6 6m0 -6l-6 6`}),
            title(`${whose}, port ${connection.port}: opened at ${moment(connection.opened)}, ${until}`));
    }).filter(Boolean);
}

function packetWords(packet) {
    const size = packet.length > 0 ? `${packet.length} B` : '';
    const kind = packet.kind === 'data' ? size : packet.kind;
    return [packet.says || kind, packet.again && 'again', packet.damaged && 'damaged', packet.forged && 'forged'].filter(Boolean).join(' ');
}

export function packetFate(packet) {
    const from = packet.toDb ? 'app' : 'db', to = packet.toDb ? 'db' : 'app';
    if (packet.forged)
        return `on the path → ${to}`;
    return packet.swallowed ? `${from} → swallowed on the path` : `${from} → ${to}`;
}

const packetClass = packet => packet.kind === 'RST' ? 'rst' : packet.kind === 'FIN' ? 'fin' : packet.kind.startsWith('SYN') ? 'syn'
    : packet.kind === 'ICMP error' ? 'rst' : packet.again ? 'again' : packet.kind === 'keepalive' ? 'probe' : 'data';

function drawPacket(packet, layout, x) {
    const y = packet.y ?? layout.scale.y(packet.at), end = packet.left === null ? y : Math.max(y, layout.scale.y(packet.left));
    const from = packet.forged ? x.wan : packet.toDb ? x.app : x.db;
    const to = packet.swallowed ? x.wan : packet.toDb ? x.db : x.app;
    const words = packetWords(packet);
    const point = to > from ? -1 : 1;
    return s('g', {class: `packet ${packetClass(packet)}`, 'data-at': packet.at, 'data-until': packet.left ?? packet.at, 'data-port': packet.port},
        s('path', {d: `M${from} ${y}L${to} ${end}`}),
        packet.swallowed ? text(x.wan, y + 5, 'lost', '✖', 'middle')
            : s('path', {class: 'head', d: `M${to} ${end}l${point * 7} -3.5v7z`}),
        isLoud(packet) ? text(packet.toDb ? x.app - 8 : x.db + 8, y + 4, 'packet-words', short(words, SAYS_LENGTH), packet.toDb ? 'end' : 'start') : null,
        title(`${moment(packet.at)}: ${packetFate(packet)}, ${words}, port ${packet.port}`));
}

function drawLog(story, layout, x) {
    return story.log.filter(line => !layout.isHidden(line.at)).map(line => s('g', {class: `line ${isLoudLine(line) ? 'bad' : ''}`, 'data-at': line.at, 'data-until': line.at},
        text(x.log, (line.y ?? layout.scale.y(line.at)) + 11, '', `[${line.pid}] ${line.level === 'LOG' ? '' : `${line.level}: `}${short(line.text, 74)}`), title(`${moment(line.at)} [${line.pid}] ${line.level}: ${line.text}`)));
}

function drawCalm(story, layout, x, unfold) {
    return layout.stretches.filter(stretch => stretch.y).map(stretch => {
        const times = stretch.operations.map(o => o.answered - o.sent).sort((a, b) => a - b);
        const packets = story.packets.filter(p => p.at >= stretch.from && p.at <= stretch.until).length;
        const words = `${stretch.operations.length} operations, each ok, median ${span(times[times.length >> 1])}${packets ? `, ${packets} packets` : ''}`;
        const open = () => unfold(stretch.from);
        return s('g', {class: 'calm', role: 'button', tabindex: 0, 'aria-expanded': 'false', onclick: open,
            onkeydown: event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); open(); } }},
        s('rect', {x: x.operations - 4, y: stretch.y, width: x.right - x.operations, height: 24, rx: 5}),
        text(TIME_WIDTH - 12, stretch.y + 16, 'when', moment(stretch.from), 'end'), text(x.operations + 6, stretch.y + 16, '', `▸ ${words}`));
    });
}

function drawHeads(lanes, x, height) {
    const heads = [text(x.operations, 16, 'head-words', 'operations')];
    if (lanes.connections)
        heads.push(text(x.connections, 16, 'head-words', 'connections'));
    if (lanes.packets)
        for (const [name, word] of [['app', 'app'], ['wan', 'the path'], ['db', 'db']])
            heads.push(s('path', {class: 'lifeline', d: `M${x[name]} 24V${height - 8}`}), text(x[name], 16, 'head-words', word, 'middle'));
    if (lanes.log)
        heads.push(text(x.log, 16, 'head-words', 'server’s log'));
    return heads;
}

export function drawStory(story, lanes, unfolded, choose, unfold) {
    const layout = layOut(story, lanes, unfolded);
    const columns = Math.max(1, ...packColumns(story.connections.map(c => ({from: c.opened, until: c.closed ?? story.end + 1}))).map(c => c + 1));
    const shown = story.operations.filter(operation => !layout.isHidden(operation.sent));
    const places = operationPlaces(story, shown);
    const x = lanesOf(story, lanes, places, columns);
    const faults = drawFaults(story, layout, x, lanes);
    const packets = lanes.packets ? story.packets.filter(packet => !layout.isHidden(packet.at)) : [];
    return s('svg', {class: 'chart', viewBox: `0 0 ${x.right} ${layout.height}`, width: x.right, height: layout.height, role: 'group', 'aria-label': 'What happened, from top to bottom'},
        faults.behind, drawHeads(lanes, x, layout.height), drawSilences(layout, x), drawAxis(story, layout),
        lanes.connections ? drawConnections(story, layout, x) : null, packets.map(packet => drawPacket(packet, layout, x)), faults.before,
        drawOperations(story, layout, x, shown, places, choose), lanes.log ? drawLog(story, layout, x) : null, drawCalm(story, layout, x, unfold));
}
