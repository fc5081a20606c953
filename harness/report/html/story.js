// A cell's story: what it was, what happened, and what happened to one operation, in words.
import {folder, metrics, metricText, moment, plural, run, span, storyOf} from './data.js';
import {drawStory, operationWords, packetFate} from './chart.js';
import {copyButton, h, shellWord} from './dom.js';
import {brokenBy, impactOf, isBroken, isUnavoidable, meanings, signs, summary} from './impact.js';
import {endOf, isNotable} from './layout.js';
import {timeStrip} from './strip.js';

const NOTABLE_SHOWN = 30, TOLD_AT_ONCE = 2, ROWS_SHOWN = 60;

function section(title, ...children) {
    return h('section', {class: 'part'}, h('h2', {}, title), ...children);
}

function headOf(cell) {
    const impact = impactOf(cell);
    const order = run.cells;
    const link = (step, word) => {
        const target = order[cell.index + step];
        return target ? h('a', {href: `#cell=${encodeURIComponent(target.dir)}`, rel: step > 0 ? 'next' : 'prev', title: `${target.scenario} × ${target.subject}`}, word) : null;
    };
    return h('div', {class: 'story-head'},
        h('nav', {'aria-label': 'cells'}, h('a', {href: '#'}, '← all cells'), link(-1, 'previous'), link(1, 'next')),
        h('h1', {tabindex: -1}, cell.scenario, h('span', {class: 'times'}, ' × '), cell.subject),
        h('p', {class: 'claim'}, cell.claim),
        h('p', {class: 'fate'}, h('span', {class: `badge ${impact}`, title: meanings[impact]}, signs[impact], ' ', impact), ' ', summary(cell), '. ',
            h('span', {class: isBroken(cell) ? 'verdict failed' : 'verdict'}, `Verdict: ${cell.verdict}${cell.control ? ' (must fail)' : ''}`,
                cell.verdict === 'pass' ? ', as expected' : '', cell.fail_on ? `${cell.verdict === 'pass' ? ', but' : ', and'} met ${cell.fail_on}` : ''), isUnavoidable(cell) ? '. No pool can do better here.' : '.'));
}

function reasonsTitle(cell) {
    if (cell.verdict === 'pass' && cell.fail_on)
        return 'What met --fail-on';
    return isBroken(cell) ? 'What was not as expected' : 'Noted';
}

function reasons(cell) {
    const list = brokenBy(cell);
    if (list.length === 0)
        return null;
    return section(reasonsTitle(cell), h('ul', {class: 'reasons'}, list.map(reason => h('li', {}, h('code', {}, reason)))));
}

function told(cell) {
    if (cell.error_texts.length === 0)
        return null;
    return section('What the application was told', h('ul', {class: 'told'},
        cell.error_texts.map(item => h('li', {}, h('b', {}, `${item.count} ×`), ' ', h('q', {}, item.text)))));
}

function metricsTable(cell) {
    return section('In numbers', h('dl', {class: 'metrics'}, metrics.map(metric => h('div', {class: cell.metrics[metric.key] ? '' : 'zero', title: metric.summary},
        h('dt', {}, metric.name.replaceAll('_', ' ')), h('dd', {}, metricText(metric, cell.metrics[metric.key])), h('dd', {class: 'meaning'}, metric.summary)))));
}

function commands(cell) {
    const place = shellWord(`${folder}/${cell.dir}`);
    const list = [['tell it on a terminal', `hangup why ${place}`], ['run it again, byte by byte', `hangup replay ${place}`],
        ['look at the packets', `hangup why ${place} --format pcapng >cell.pcapng && wireshark cell.pcapng`]];
    return section('Further', h('dl', {class: 'commands'}, list.map(([what, command]) =>
        h('div', {}, h('dt', {}, what), h('dd', {}, h('code', {}, command), ' ', copyButton(command))))));
}

function wordsOf(story, operation) {
    if (operation.words)
        return operation.words;
    return [`t=${moment(operation.sent)}  ${operation.name} ${operation.id} is sent`,
        `t=${moment(operation.answered)}  answered: ok${operation.backend ? `, by backend ${operation.backend}` : ''}, after ${span(operation.answered - operation.sent)}`];
}

function lineElement(line) {
    const [, at, words] = /^t=(.*? s)  (.*)$/s.exec(line) || [null, '', line];
    return h('li', {}, h('time', {}, at), h('span', {}, words));
}

function packetTable(packets) {
    if (packets.length === 0)
        return null;
    return h('details', {}, h('summary', {}, `${plural(packets.length, 'packet')} of that time`), h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'packets'}, h('table', {class: 'rows'},
        h('thead', {}, h('tr', {}, ['at', 'port', 'what', 'way'].map(word => h('th', {scope: 'col'}, word)))),
        h('tbody', {}, packets.slice(0, ROWS_SHOWN).map(packet => h('tr', {}, h('td', {}, moment(packet.at)), h('td', {}, packet.port),
            h('td', {}, `${packet.kind}${packet.length ? ` ${packet.length} B` : ''}${packet.again ? ' again' : ''}${packet.damaged ? ' damaged' : ''}${packet.says ? `: ${packet.says}` : ''}`), h('td', {}, packetFate(packet)))))),
    packets.length > ROWS_SHOWN ? h('p', {}, `and ${packets.length - ROWS_SHOWN} more`) : null));
}

function logList(lines) {
    if (lines.length === 0)
        return null;
    return h('details', {}, h('summary', {}, `${plural(lines.length, 'line')} of the server’s log`), h('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': 'server’s log'},
        h('ul', {class: 'log'}, lines.slice(0, ROWS_SHOWN).map(line => h('li', {}, `${moment(line.at)} [${line.pid}] ${line.level}: ${line.text}`)))));
}

function operationPanel(story, operation) {
    const until = endOf(story, operation);
    const within = at => at >= operation.sent && at <= until + 1000;
    return [h('h3', {}, `${operation.name} ${operation.id}: ${operationWords(story, operation)}`),
        operation.error ? h('p', {class: 'error'}, h('q', {}, operation.error), operation.kind ? ` ${operation.kind}` : '', operation.sqlstate ? ` SQLSTATE ${operation.sqlstate}` : '') : null,
        h('ol', {class: 'words'}, wordsOf(story, operation).map(lineElement)),
        packetTable(story.packets.filter(packet => within(packet.at))), logList(story.log.filter(line => within(line.at)))];
}

function notableList(story, choose) {
    const notable = story.operations.filter(isNotable);
    if (notable.length === 0)
        return h('p', {}, 'Every operation was answered at once. Choose one in the picture to see its packets.');
    return [h('p', {}, `${plural(notable.length, 'operation')} of ${story.operations.length + story.left_out[2]} went otherwise than planned. Choose one:`),
        h('ul', {class: 'notable'}, notable.slice(0, NOTABLE_SHOWN).map((operation, place) => h('li', {}, h('button', {type: 'button', onclick: () => choose(operation)},
            h('time', {}, moment(operation.sent)), ` ${operation.name} ${operation.id} ${operationWords(story, operation)}`),
        place < TOLD_AT_ONCE ? h('ol', {class: 'words'}, wordsOf(story, operation).map(lineElement)) : null))),
        notable.length > NOTABLE_SHOWN ? h('p', {}, `and ${notable.length - NOTABLE_SHOWN} more, in the picture`) : null];
}

function mark(chart, operation, story) {
    const until = operation ? endOf(story, operation) : 0;
    chart.classList.toggle('chosen', Boolean(operation));
    for (const element of chart.querySelectorAll('[data-at]'))
        element.classList.toggle('of', Boolean(operation) && Number(element.dataset.until) >= operation.sent && Number(element.dataset.at) <= until + 1000);
    for (const element of chart.querySelectorAll('[data-operation]'))
        element.classList.toggle('of', Boolean(operation) && Number(element.dataset.operation) === operation.id);
}

function leftOut(story) {
    const [packets, lines, operations] = story.left_out;
    const parts = [packets && plural(packets, 'packet'), lines && plural(lines, 'log line'), operations && plural(operations, 'operation')].filter(Boolean);
    return parts.length === 0 ? null : h('p', {class: 'left-out'}, `Not in this page for want of room: ${parts.join(', ')}. The cell’s folder has them all.`);
}

function picture(cell, story, chosenId) {
    const unfolded = new Set();
    const narrow = innerWidth < 700;
    const lanes = {connections: !narrow, packets: true, log: innerWidth >= 1100};
    const panel = h('div', {class: 'panel', 'aria-live': 'polite'});
    const place = h('div', {class: 'chart-place', tabindex: 0, role: 'region', 'aria-label': 'Picture of the story'});
    let chosen = story.operations.find(operation => operation.id === chosenId);
    const show = () => {
        panel.replaceChildren(...(chosen ? [h('button', {type: 'button', class: 'quiet', onclick: () => choose(undefined)}, '← all of them'), ...operationPanel(story, chosen)]
            : [notableList(story, choose)]).flat().filter(Boolean));
        mark(place.firstChild, chosen, story);
    };
    const choose = operation => {
        chosen = operation;
        history.replaceState(null, '', `#cell=${encodeURIComponent(cell.dir)}${operation ? `&op=${operation.id}` : ''}`);
        show();
    };
    const draw = () => {
        place.replaceChildren(drawStory(story, lanes, unfolded, choose, from => { unfolded.add(from); draw(); }));
        show();
    };
    const toggles = Object.keys(lanes).map(name => {
        const box = h('input', {type: 'checkbox', checked: lanes[name], onchange: () => { lanes[name] = box.checked; draw(); }});
        return h('label', {class: 'check'}, box, ` ${name === 'log' ? 'server’s log' : name}`);
    });
    draw();
    return h('section', {class: 'happened'}, h('div', {class: 'happened-head'}, h('h2', {}, 'What happened'), h('div', {class: 'lanes', role: 'group', 'aria-label': 'lanes'}, toggles)),
        timeStrip(story), h('div', {class: 'beside'}, place, panel), leftOut(story));
}

export function storyView(cell, chosenId) {
    const story = storyOf(cell);
    const parts = [headOf(cell), h('div', {class: 'columns'}, reasons(cell), told(cell))];
    if (story.subject_log?.length > 0 && isBroken(cell))
        parts.push(section('The last lines of subject.log', h('pre', {tabindex: 0}, story.subject_log.join(''))));
    if (story.missing)
        parts.push(h('p', {class: 'left-out'}, `Not told here: ${story.missing}`));
    if (story.operations)
        parts.push(picture(cell, story, chosenId));
    parts.push(h('div', {class: 'columns'}, metricsTable(cell), commands(cell)));
    return h('article', {class: 'story'}, parts);
}
