// What the application suffered: word, sign and order. The colours are style.css's, by the same words.
import {metrics, metricText, plural} from './data.js';

export const impacts = ['data', 'stuck', 'errors', 'delayed', 'clean'];
export const signs = {data: '✖', stuck: '■', errors: '▲', delayed: '◔', clean: '·', skip: '', unknown: '?'};
export const meanings = {
    data: 'told ok and not stored, or stored twice',
    stuck: 'never answered, or after more than a minute too much',
    errors: 'the application was told an error',
    delayed: 'an answer took 5 s longer than its own work',
    clean: 'nobody noticed',
    skip: 'not run, or nothing to meet the fault',
    unknown: 'the cell could not be run',
};

export function impactOf(cell) {
    if (!cell || cell.verdict === 'skip')
        return 'skip';
    return impacts.includes(cell.impact) ? cell.impact : 'unknown';
}

// 0 is the worst.
export const rank = impact => impacts.includes(impact) ? impacts.indexOf(impact) : impacts.length;
export const worst = list => list.reduce((a, b) => rank(b) < rank(a) ? b : a, 'skip');

// By the scenario's `best:` no pool does better.
export const isUnavoidable = cell => impacts.includes(cell.best) && cell.best !== 'clean' && rank(impactOf(cell)) >= rank(cell.best);
// What fails a run: not as expected, or what the user's own bar (--fail-on) forbids.
export const isBroken = cell => cell.verdict === 'fail' || cell.verdict === 'error' || Boolean(cell.fail_on);
export const brokenBy = cell => [...cell.reasons, ...cell.fail_on ? [cell.fail_on] : []]; // "--fail-on errors: errors 2"

const slowest = metrics.find(metric => metric.key === 'slowest_ms');

export function summary(cell) {
    const m = cell.metrics;
    const parts = [];
    if (m.lost) parts.push(`${m.lost} lost`);
    if (m.duplicated) parts.push(`${m.duplicated} duplicated`);
    if (m.torn) parts.push(`${m.torn} torn`);
    if (m.deaf) parts.push(`${m.deaf} unheard`);
    if (m.hung) parts.push(`${m.hung} never answered`);
    if (m.errors) parts.push(plural(m.errors, 'error'));
    if (m.in_doubt) parts.push(`${m.in_doubt} in doubt`);
    if (m.overdue) parts.push(`${m.overdue} after the deadline`);
    if (m.ops) parts.push(`of ${plural(m.ops, 'operation')}`);
    if (m.slowest_ms) parts.push(`slowest ${metricText(slowest, m.slowest_ms)}`);
    return parts.join(', ').replace(', of ', ' of ').replace(/^of /, '') || cell.reasons[0] || cell.verdict;
}
