// The picture of a story: one axis of time downwards, lanes from the application to the server.
import {moment, plural, span} from './data.js';
import {s} from './dom.js';
import {delayOf, endOf, isLoudLine, layOut, packColumns} from './layout.js';

const TIME_WIDTH = 92, OPERATION_WIDTH = 205, CONNECTION_STEP = 14, CONNECTIONS_MAX = 10, PACKET_WIDTH = 270, LOG_WIDTH = 560, GAP = 20, LABEL = 78;

const DELAYED = 5e6, STUCK = 60e6; // as the verdict has it

const short = (text, length) => text.length > length ? `${text.slice(0, length - 1)}…` : text;
const title = text => s('title', {}, text);

function lanesOf(lanes, connections, columns) {
    const x = {time: 8, operations: TIME_WIDTH};
    let right = x.operations + OPERATION_WIDTH + GAP;
    x.connections = right;
    if (lanes.connections)
        right += Math.max(78, Math.min(CONNECTIONS_MAX, columns) * CONNECTION_STEP) + GAP;
    if (lanes.packets) {
        x.app = right + LABEL;
        x.wan = x.app + PACKET_WIDTH / 2;
        x.db = x.app + PACKET_WIDTH;
        right = x.db + LABEL;
    }
    x.log = right;
    if (lanes.log)
        right += LOG_WIDTH;
    x.right = right;
    return x;
}

const text = (x, y, className, words, anchor) => s('text', {x, y, class: className, 'text-anchor': anchor}, words);

function drawAxis(story, layout, x) {
    const marks = [];
    let lastY = -100;
    for (const at of new Set([0, ...story.faults.flatMap(f => [f.applied, f.reverted]), ...story.operations.map(o => o.sent), story.end])) {
        if (at === null || at < 0 || layout.isHidden(at))
            continue;
        marks.push(at);
    }
    return marks.sort((a, b) => a - b).map(at => {
        const y = layout.scale.y(at);
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
    const from = lanes.packets ? x.app : TIME_WIDTH, width = lanes.packets ? x.db - x.app : OPERATION_WIDTH;
    const behind = [], before = [];
    for (const fault of story.faults) {
        const y = layout.scale.y(fault.applied), end = layout.scale.y(fault.reverted ?? story.end);
        const words = `${fault.kind} ${fault.argument || ''}`.trim();
        const hits = fault.reverted === null ? 'until the end' : plural(fault.hits, 'hit');
        behind.push(s('rect', {class: 'fault', x: from, y, width, height: Math.max(4, end - y)},
            title(`fault ${words} from ${moment(fault.applied)}${fault.reverted === null ? '' : ` to ${moment(fault.reverted)}`}: ${hits}`)));
        before.push(s('path', {class: 'fault-edge', d: `M${from} ${y}H${from + width}M${from} ${end}H${from + width}`}),
            text(from + width / 2 + 8, y + 13, 'fault-words', `⚡ ${words} · ${hits}`));
    }
    for (const mark of story.marks)
        if (!layout.isHidden(mark.at) && mark.at >= 0 && mark.at <= story.end)
            before.push(text(from + width / 2 + 8, layout.scale.y(mark.at) + 11, 'mark', short(mark.text, 46)));
    return {behind, before};
}

function operationClass(story, operation) {
    if (operation.answered === null)
        return 'stuck';
    if (!operation.ok)
        return 'errors';
    const delay = delayOf(story, operation);
    return delay >= STUCK ? 'stuck' : delay >= DELAYED ? 'delayed' : 'clean';
}

export function operationWords(story, operation) {
    const took = span(endOf(story, operation) - operation.sent);
    if (operation.answered === null)
        return `never answered, ${took}`;
    return operation.ok ? `ok after ${took}` : `after ${took}: ${operation.error || 'an error'}`;
}

function drawOperations(story, layout, x, choose) {
    const shown = story.operations.filter(operation => !layout.isHidden(operation.sent));
    const columns = packColumns(shown.map(operation => ({from: operation.sent, until: endOf(story, operation)})));
    const step = Math.min(26, 120 / Math.max(1, ...columns.map(column => column + 1)));
    let freeY = 0;
    return shown.map((operation, i) => {
        const y = layout.scale.y(operation.sent), end = layout.scale.y(endOf(story, operation));
        const kind = operationClass(story, operation);
        const words = `${operation.name} ${operation.id} ${operationWords(story, operation)}`;
        const left = x.operations + columns[i] * step;
        const labelY = Math.max(y + 12, freeY);
        freeY = labelY + 13;
        const open = () => choose(operation);
        return s('g', {class: `operation ${kind}`, role: 'button', tabindex: 0, 'data-operation': operation.id, 'aria-label': words, onclick: open,
            onkeydown: event => { if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); open(); } }},
        s('rect', {class: 'target', x: x.operations - 4, y: y - 2, width: OPERATION_WIDTH, height: Math.max(16, end - y + 4), rx: 4}),
        s('rect', {class: 'bar', x: left, y, width: Math.max(6, step - 4), height: Math.max(4, end - y), rx: 3}),
        text(x.operations + Math.max(30, (Math.max(...columns) + 1) * step + 6), labelY, '', short(words, 30)), title(words));
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
            connection.closed === null ? null : text(left + 3.5, end + 4, 'closed', '×', 'middle'),
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
    const loud = packet.swallowed || packet.forged || packet.again || packet.damaged || !['data', 'ACK'].includes(packet.kind);
    const point = to > from ? -1 : 1;
    return s('g', {class: `packet ${packetClass(packet)}`, 'data-at': packet.at, 'data-until': packet.left ?? packet.at, 'data-port': packet.port},
        s('path', {d: `M${from} ${y}L${to} ${end}`}),
        packet.swallowed ? text(x.wan, y + 5, 'lost', '✖', 'middle')
            : s('path', {class: 'head', d: `M${to} ${end}l${point * 7} -3.5v7z`}),
        loud ? text(packet.toDb ? x.app - 8 : x.db + 8, y + 4, 'packet-words', words, packet.toDb ? 'end' : 'start') : null,
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
    const x = lanesOf(lanes, story.connections, columns);
    const faults = drawFaults(story, layout, x, lanes);
    const packets = lanes.packets ? story.packets.filter(packet => !layout.isHidden(packet.at)) : [];
    return s('svg', {class: 'chart', viewBox: `0 0 ${x.right} ${layout.height}`, width: x.right, height: layout.height, role: 'group', 'aria-label': 'What happened, from top to bottom'},
        faults.behind, drawHeads(lanes, x, layout.height), drawSilences(layout, x), drawAxis(story, layout, x),
        lanes.connections ? drawConnections(story, layout, x) : null, packets.map(packet => drawPacket(packet, layout, x)), faults.before,
        drawOperations(story, layout, x, choose), lanes.log ? drawLog(story, layout, x) : null, drawCalm(story, layout, x, unfold));
}
