// The matrix: scenarios by subjects, coloured by impact.
import {fears, run, other} from './data.js';
import {h} from './dom.js';
import {brokenBy, impacts, impactOf, isBroken, isUnavoidable, meanings, rank, signs, summary, worst} from './impact.js';

const state = {text: '', product: '', hidden: new Set(), broken: false, rows: 'name', columns: 'best', pools: false, against: '',
    folded: new Set()};

const products = [...new Set(run.cells.map(cell => cell.product))].sort();
const CLAIMS_UP_TO = 12; // columns: beside more of them there is no room

const byName = (a, b) => a.localeCompare(b, 'en');

function matches(cell) {
    if (state.hidden.has(impactOf(cell)) || (state.broken && !isBroken(cell)) || (state.product && cell.product !== state.product))
        return false;
    if (!state.text)
        return true;
    const told = cell.error_texts.map(item => item.text).join(' ');
    return `${cell.scenario} ${cell.subject} ${cell.claim} ${told} ${brokenBy(cell).join(' ')}`.toLowerCase().includes(state.text);
}

const key = (scenario, subject) => `${scenario}\n${subject}`;
const others = new Map((other?.cells || []).map(cell => [key(cell.scenario, cell.subject), cell]));
const own = new Map(run.cells.map(cell => [key(cell.scenario, cell.subject), cell]));

// The cell that it is compared with; undefined: there is none.
function counterpart(cell) {
    if (state.against === 'run')
        return others.get(key(cell.scenario, cell.subject));
    return state.against ? own.get(key(cell.scenario, state.against)) : undefined;
}

function isChanged(cell) {
    const before = counterpart(cell);
    return before !== undefined && before !== cell && (impactOf(before) !== impactOf(cell) || before.verdict !== cell.verdict);
}

const score = cells => cells.reduce((sum, cell) => sum + 4 ** (impacts.length - rank(impactOf(cell))), 0) / (cells.length || 1);

// As the league ranks them (result/league.h): what is worse than any pool need be, a scenario.
const weights = {delayed: 1, errors: 4, stuck: 16, data: 64};

function harmOf(cell) {
    const weight = (weights[impactOf(cell)] || 0) * (cell.impact === 'stuck' && cell.metrics.recovery_ms === 'never' ? 2 : 1);
    return rank(impactOf(cell)) < rank(cell.best || 'clean') ? weight - (weights[cell.best] || 0) : 0;
}

const harm = cells => cells.reduce((sum, cell) => sum + harmOf(cell), 0) / (cells.length || 1);

function sortColumns(columns) {
    const value = {best: (a, b) => harm(a.cells) - harm(b.cells), worst: (a, b) => harm(b.cells) - harm(a.cells), name: () => 0};
    return columns.sort((a, b) => value[state.columns](a, b) || byName(a.label, b.label));
}

function columnsOf(cells) {
    const columns = new Map();
    for (const cell of cells) {
        const label = state.pools ? cell.product : cell.subject;
        if (!columns.has(label))
            columns.set(label, {label, cells: []});
        columns.get(label).cells.push(cell);
    }
    return sortColumns([...columns.values()]);
}

function rowsOf(cells) {
    const rows = new Map();
    for (const cell of cells) {
        if (!rows.has(cell.scenario))
            rows.set(cell.scenario, {scenario: cell.scenario, name: cell.name, group: cell.group, claim: cell.claim, cells: []});
        rows.get(cell.scenario).cells.push(cell);
    }
    const changed = row => row.cells.filter(isChanged).length;
    const value = state.rows === 'worst' ? (a, b) => score(b.cells) - score(a.cells) : () => 0;
    return [...rows.values()].sort((a, b) => (state.against ? changed(b) - changed(a) : 0) || value(a, b) || byName(a.scenario, b.scenario));
}

const chosen = cells => cells.reduce((a, b) => rank(impactOf(b)) < rank(impactOf(a)) ? b : a);

function describe(cell) {
    const before = state.against ? counterpart(cell) : undefined;
    const change = before && isChanged(cell) ? ` (before: ${impactOf(before)}, ${before.verdict})` : '';
    const fate = isUnavoidable(cell) ? ', which no pool can avoid' : '';
    const chance = cell.other_seed ? `; with another seed ${cell.other_seed}, or other numbers` : '';
    return `${impactOf(cell)}${fate}: ${summary(cell)}; verdict ${cell.verdict}${cell.control ? ' (must fail)' : ''}${change}${chance}`;
}

function cellElement(cells) {
    if (cells.length === 0)
        return h('td', {class: 'none'});
    const cell = chosen(cells);
    const classes = ['cell', impactOf(cell), isUnavoidable(cell) && 'unavoidable', isBroken(cell) && 'broken',
        !matches(cell) && 'other', state.against && !isChanged(cell) && 'same'];
    return h('td', {}, h('a', {class: classes.filter(Boolean).join(' '), href: `#cell=${encodeURIComponent(cell.dir)}`, tabindex: -1,
        'data-index': cell.index, 'aria-label': `${cell.scenario}, ${cell.subject}: ${describe(cell)}`}, signs[impactOf(cell)], cell.other_seed ? '≠' : null));
}

const select = (rows, column) => rows.flatMap(row => row.cells.filter(cell => column.cells.includes(cell) && matches(cell)));

// Sorted by something else, rows stand beside those of other groups.
const isOneGroup = () => state.against !== '' || state.rows === 'worst';

function rowElement(row, columns, name) {
    return h('tr', {}, h('th', {scope: 'row', title: row.claim}, h('span', {}, name)),
        columns.map(column => cellElement(row.byLabel.get(column.label) || [])),
        columns.length <= CLAIMS_UP_TO && innerWidth > 900 ? h('td', {class: 'claim-of'}, row.claim) : null);
}

// On a phone a group's rows go without their folder, where that leaves each a name of its own.
function namesOf(rows) {
    if (isOneGroup())
        return rows.map(row => row.scenario);
    const short = rows.map(row => row.name.slice(row.name.lastIndexOf('/') + 1));
    return innerWidth <= 640 && new Set(short).size === rows.length ? short : rows.map(row => row.name);
}

function groupElements(name, rows, columns, redraw) {
    const folded = state.folded.has(name);
    const toggle = () => {
        state.folded[folded ? 'delete' : 'add'](name);
        redraw(`[data-group="${CSS.escape(name)}"]`);
    };
    const head = h('tr', {class: 'group'}, h('th', {scope: 'rowgroup', colspan: folded ? 1 : columns.length + 1},
        h('button', {type: 'button', class: 'fold', 'aria-expanded': String(!folded), 'data-group': name, onclick: toggle},
            h('span', {'aria-hidden': 'true'}, folded ? '▸ ' : '▾ '), name, h('small', {}, ` ${rows.length}`))),
    folded && columns.map(column => {
        const impact = worst(select(rows, column).map(impactOf));
        return h('td', {}, h('span', {class: `cell ${impact}`, role: 'img', 'aria-label': `${column.label}, worst: ${impact}`}, signs[impact]));
    }));
    const names = namesOf(rows);
    return [head, folded ? [] : rows.map((row, i) => rowElement(row, columns, names[i]))];
}

function labelOf(row) {
    row.byLabel = new Map();
    for (const cell of row.cells) {
        const label = state.pools ? cell.product : cell.subject;
        row.byLabel.set(label, [...(row.byLabel.get(label) || []), cell]);
    }
    return row;
}

function tableElement(redraw) {
    const shown = run.cells.filter(matches);
    const columns = columnsOf(shown);
    const names = new Set(columns.map(column => column.label));
    const scenarios = new Set(shown.map(cell => cell.scenario));
    const rows = rowsOf(run.cells.filter(cell => scenarios.has(cell.scenario) && names.has(state.pools ? cell.product : cell.subject)));
    if (rows.length === 0)
        return h('p', {class: 'nothing'}, 'No cell is like that.');
    rows.forEach(labelOf);
    const place = ([name]) => fears.includes(name) ? fears.indexOf(name) : fears.length;
    const groups = isOneGroup() ? [['all scenarios', rows]]
        : Object.entries(Object.groupBy(rows, row => row.group)).sort((a, b) => place(a) - place(b));
    return h('table', {class: 'matrix', style: `--columns: ${columns.length}`, 'aria-label': 'Impact of each scenario on each subject'},
        h('thead', {}, h('tr', {}, h('td', {}), columns.map(column => h('th', {scope: 'col', title: column.label},
            h('span', {}, column.label.includes(':') ? [h('i', {}, `${column.label.split(':')[0]}:`), column.label.split(':')[1]] : column.label))))),
        h('tbody', {}, groups.map(([name, part]) => groupElements(name, part, columns, redraw))));
}

// --- one stop of the tab key; arrows move between cells
function moveFocus(event) {
    const steps = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -1000], End: [0, 1000]};
    const from = event.target.closest('a.cell');
    if (!from || !steps[event.key])
        return;
    event.preventDefault();
    const lines = [...from.closest('tbody').rows].filter(line => line.querySelector('a.cell'));
    const [down, right] = steps[event.key];
    const line = lines[Math.min(lines.length - 1, Math.max(0, lines.indexOf(from.closest('tr')) + down))];
    const place = Math.min(line.cells.length - 1, Math.max(1, from.parentElement.cellIndex + right));
    const target = line.cells[place].querySelector('a.cell') || [...line.querySelectorAll('a.cell')].at(right < 0 ? 0 : -1);
    from.tabIndex = -1;
    target.tabIndex = 0;
    target.focus();
}

function placeCard(card, target) {
    const box = target.getBoundingClientRect();
    const width = card.offsetWidth, height = card.offsetHeight;
    card.style.left = `${Math.max(8, Math.min(innerWidth - width - 8, box.left + box.width / 2 - width / 2))}px`;
    card.style.top = `${box.top > height + 12 ? box.top - height - 8 : box.bottom + 8}px`;
}

function showCard(card, target) {
    const link = target.closest?.('a.cell');
    card.hidden = !link;
    for (const marked of document.querySelectorAll('.matrix .here'))
        marked.classList.remove('here');
    if (!link)
        return;
    const cell = run.cells[link.dataset.index];
    const impact = impactOf(cell);
    card.replaceChildren(...[h('b', {}, `${cell.scenario} × ${cell.subject}`), h('span', {class: `badge ${impact}`}, signs[impact], ' ', impact),
        h('span', {}, describe(cell).replace(/^[a-z]+(, which no pool can avoid)?: /, (_, fate) => fate ? 'No pool can avoid this. ' : '')),
        cell.error_texts[0] ? h('q', {}, cell.error_texts[0].text) : null, isBroken(cell) && brokenBy(cell)[0] ? h('code', {}, brokenBy(cell)[0]) : null].filter(Boolean));
    placeCard(card, link);
    link.closest('tr').cells[0].classList.add('here');
    link.closest('table').tHead.rows[0].cells[link.parentElement.cellIndex].classList.add('here');
}

// --- what can be chosen
function option(value, text, current) {
    return h('option', {value, selected: value === current}, text);
}

function chooser(label, name, options, redraw) {
    const element = h('select', {onchange: () => { state[name] = element.value; redraw(); }}, options.map(([value, text]) => option(value, text, state[name])));
    return h('label', {}, label, ' ', element);
}

function chip(classes, pressed, text, count, title, toggle) {
    return h('button', {type: 'button', class: `chip ${classes}`, 'aria-pressed': String(pressed), title, onclick: toggle}, text, h('b', {}, ` ${count}`));
}

function chips(redraw) {
    const counts = Object.groupBy(run.cells, impactOf);
    const kinds = [...impacts, 'skip', 'unknown'].filter(impact => counts[impact]);
    const toggle = impact => () => {
        state.hidden[state.hidden.has(impact) ? 'delete' : 'add'](impact);
        redraw(`.chip.${impact}`);
    };
    const broken = run.cells.filter(isBroken).length;
    const faded = run.cells.filter(isUnavoidable).length;
    return h('div', {class: 'chips', role: 'group', 'aria-label': 'Impact: press to hide or show'},
        kinds.map(impact => chip(impact, !state.hidden.has(impact), [h('span', {'aria-hidden': 'true'}, signs[impact]), ` ${impact}`],
            counts[impact].length, meanings[impact], toggle(impact))),
        h('span', {class: 'gap'}),
        faded > 0 && h('span', {class: 'key'}, h('span', {class: 'cell errors unavoidable', 'aria-hidden': 'true'}, signs.errors), ` no pool can avoid it ${faded}`),
        broken > 0 && chip('failed', state.broken, 'verdict failed', broken, 'show only cells that were not as expected, or met --fail-on',
            () => { state.broken = !state.broken; redraw('.chip.failed'); }));
}

function controls(redraw) {
    const text = h('input', {type: 'search', placeholder: 'scenario, pool, error text', value: state.text, oninput: () => {
        state.text = text.value.trim().toLowerCase();
        redraw();
    }});
    const subjects = [...new Set(run.cells.map(cell => cell.subject))].sort(byName);
    const pools = h('input', {type: 'checkbox', checked: state.pools, onchange: () => { state.pools = pools.checked; redraw(); }});
    return h('details', {class: 'choose', open: innerWidth > 640}, h('summary', {}, 'find, sort, compare'), h('form', {class: 'controls', onsubmit: event => event.preventDefault()},
        h('label', {}, 'find ', text),
        products.length > 1 && chooser('pool', 'product', [['', 'all'], ...products.map(name => [name, name])], redraw),
        chooser('scenarios', 'rows', [['name', 'in groups'], ['worst', 'worst first']], redraw),
        chooser('columns', 'columns', [['best', 'best first'], ['worst', 'worst first'], ['name', 'by name']], redraw),
        subjects.length > 1 && chooser('compare with', 'against', [['', 'nothing'], ...(other ? [['run', other.name]] : []), ...subjects.map(name => [name, name])], redraw),
        products.length < subjects.length && h('label', {class: 'check'}, pools, ' one column a pool')));
}

export function matrixView() {
    const card = h('div', {class: 'card', role: 'status', hidden: true});
    const place = h('div', {class: 'place'});
    const bar = h('div', {});
    if (other && !state.against)
        state.against = 'run';
    const draw = focus => {
        bar.replaceChildren(chips(draw));
        place.replaceChildren(tableElement(draw));
        const first = place.querySelector('a.cell:not(.other)');
        if (first)
            first.tabIndex = 0;
        place.classList.toggle('wide', place.firstChild.scrollWidth > place.clientWidth);
        if (focus)
            document.querySelector(focus)?.focus();
    };
    place.addEventListener('keydown', moveFocus);
    for (const name of ['mouseover', 'focusin'])
        place.addEventListener(name, event => showCard(card, event.target));
    for (const name of ['mouseleave', 'focusout'])
        place.addEventListener(name, () => { card.hidden = true; });
    const view = h('section', {class: 'overview'}, bar, controls(draw), place, card);
    return {view, ready: draw};
}
