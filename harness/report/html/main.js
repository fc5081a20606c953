// Which view is shown is the address's part behind '#'.
import {cellOf, plural, run, span} from './data.js';
import {h} from './dom.js';
import {matrixView} from './matrix.js';
import {storyView} from './story.js';

const main = document.getElementById('main');
const verdicts = Object.groupBy(run.cells, cell => cell.verdict);
let matrix = null, scrolled = 0;

function themeButton() {
    const themes = ['auto', 'light', 'dark'];
    let theme = 0;
    const button = h('button', {type: 'button', class: 'quiet', onclick: () => {
        theme = (theme + 1) % themes.length;
        document.documentElement.dataset.theme = themes[theme];
        button.textContent = `theme: ${themes[theme]}`;
    }}, 'theme: auto');
    return button;
}

// run.json counts what was not run and names what was: a pair without a cell is a gap in the matrix, the rest has no row or column.
function missingWords(scenarios, subjects) {
    if (!run.not_run)
        return null;
    const pairs = new Set(run.cells.map(cell => `${cell.scenario}\n${cell.subject}`)).size;
    const gaps = Math.min(run.not_run, scenarios * subjects - pairs), rest = run.not_run - gaps;
    const parts = [gaps > 0 && `${gaps} of them ${gaps === 1 ? 'is a gap' : 'are gaps'} below`,
        rest > 0 && `${rest} ${rest === 1 ? 'belongs' : 'belong'} to scenarios or subjects of which nothing was run, which are not listed`].filter(Boolean);
    return h('span', {class: 'missing'}, `Not the whole run: ${plural(run.not_run, 'cell')} ${run.not_run === 1 ? 'was' : 'were'} not run; ${parts.join(', ')}.`);
}

function head() {
    const counts = ['pass', 'fail', 'error', 'skip'].filter(word => verdicts[word]).map(word => `${verdicts[word].length} ${word}`);
    const scenarios = new Set(run.cells.map(cell => cell.scenario)).size, subjects = new Set(run.cells.map(cell => cell.subject)).size;
    const about = [run.started && run.started.replace('T', ' ').replace('Z', ' UTC'), `${run.lab} lab`, `seed ${run.seed}`, run.kernel, run.wall_s ? `took ${span(run.wall_s * 1e6)}` : null].filter(Boolean);
    document.title = `hangup: ${plural(scenarios, 'scenario')} × ${plural(subjects, 'subject')}`;
    document.getElementById('top').append(h('a', {class: 'name', href: '#'}, 'hangup'),
        h('span', {}, `${plural(scenarios, 'scenario')} × ${plural(subjects, 'subject')}: what the application suffered`), h('span', {class: 'verdicts'}, `verdicts: ${counts.join(', ')}${run.not_run ? `, ${run.not_run} not run` : ''}`),
        h('span', {class: 'about'}, about.join(' · ')), ...[missingWords(scenarios, subjects)].filter(Boolean), themeButton());
}

function showMatrix() {
    document.body.className = 'shows-matrix';
    if (!matrix) {
        matrix = matrixView();
        main.replaceChildren(h('h1', {class: 'unseen'}, 'What the application suffered'), matrix.view);
        matrix.ready();
    } else
        main.replaceChildren(h('h1', {class: 'unseen'}, 'What the application suffered'), matrix.view);
    scrollTo(0, scrolled);
}

function show() {
    const address = new URLSearchParams(location.hash.slice(1));
    const cell = cellOf(address.get('cell'));
    if (!cell) {
        showMatrix();
        return;
    }
    if (document.body.className === 'shows-matrix')
        scrolled = scrollY;
    document.body.className = 'shows-story';
    main.replaceChildren(storyView(cell, Number(address.get('op'))));
    scrollTo(0, 0);
    main.querySelector('h1').focus({preventScroll: true});
}

head();
addEventListener('hashchange', show);
addEventListener('keydown', event => {
    if (document.body.className !== 'shows-story' || event.altKey || event.ctrlKey || event.metaKey || event.target.closest('input, select, pre, [role=region], .chart'))
        return;
    if (event.key === 'Escape')
        location.hash = '';
    if (event.key === 'ArrowRight' || event.key === 'ArrowLeft')
        main.querySelector(event.key === 'ArrowRight' ? '[rel=next]' : '[rel=prev]')?.click();
});
show();
document.documentElement.dataset.ready = 'yes';
