// What a person does with report.html, in Debian's chromium: report.mjs REPORT.html CELL DOUBTFUL-CELL SCREENSHOTS. TAP; what was measured
// stands in comments, because no clock decides a test.
import {createRequire} from 'node:module';
import {readFileSync} from 'node:fs';
import {chromium} from 'playwright-core';

const [page_file, cell, doubtful, pictures] = process.argv.slice(2);
const address = `file://${page_file}`;
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
let count = 0, failed = 0;

function check(name, good, detail) {
    count++;
    failed += good ? 0 : 1;
    console.log(`${good ? 'ok' : 'not ok'} ${count} - ${name}`);
    if (!good && detail !== undefined)
        console.log(`# ${JSON.stringify(detail).slice(0, 1500)}`);
}

const browser = await chromium.launch({executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: ['--no-sandbox']});

async function open(hash, options = {}) {
    const context = await browser.newContext({viewport: {width: 1440, height: 900}, ...options});
    const page = await context.newPage();
    page.problems = [];
    page.requests = [];
    page.on('pageerror', error => page.problems.push(error.message));
    page.on('console', message => message.type() === 'error' && page.problems.push(message.text()));
    page.on('dialog', dialog => { page.problems.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
    page.on('request', request => page.requests.push(request.url()));
    const began = performance.now();
    await page.goto(address + hash);
    await page.waitForSelector('html[data-ready]');
    console.log(`# ${hash || 'matrix'}: ready after ${Math.round(performance.now() - began)} ms`);
    return page;
}

async function audit(page, name) {
    await page.evaluate(axe);
    const result = await page.evaluate(() => axe.run());
    const bad = result.violations.filter(item => ['serious', 'critical'].includes(item.impact));
    check(`axe finds nothing serious: ${name}`, bad.length === 0, bad.map(item => [item.id, item.nodes.slice(0, 3).map(node => node.html.slice(0, 150))]));
}

// Boxes of texts that share more than the air around letters. Runs in the page.
function overlaps() {
    const texts = [...document.querySelectorAll('.chart text, .true-time text')].map(text => [text.textContent, text.getBoundingClientRect()]);
    return texts.flatMap(([words, a], i) => texts.slice(i + 1).filter(([, b]) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4).map(([other]) => [words, other]));
}

async function shot(page, name) {
    await page.screenshot({path: `${pictures}/${name}.png`, fullPage: true});
}

// --- the matrix
let page = await open('');
const cells = await page.locator('a.cell').count();
check('there is a cell for each that was run', cells === await page.evaluate(() => JSON.parse(document.getElementById('data').textContent).run.cells.length), cells);
check('the page asks for nothing but itself', page.requests.every(url => url === address || url.startsWith('data:')), page.requests);
await audit(page, 'matrix');
await shot(page, 'matrix');
const took = await page.evaluate(async () => {
    const began = performance.now();
    const search = document.querySelector('input[type=search]');
    search.value = 'silence';
    search.dispatchEvent(new Event('input'));
    await new Promise(requestAnimationFrame);
    return performance.now() - began;
});
console.log(`# a filter: ${Math.round(took)} ms`);
check('a text filters rows', await page.locator('tbody th[scope=row]').allInnerTexts().then(rows => rows.length > 0 && rows.every(row => row.includes('silence'))));
await page.fill('input[type=search]', 'no such thing');
check('nothing found is said', await page.locator('.nothing').count() === 1);
await page.fill('input[type=search]', '');
await page.locator('.fold').first().click();
check('a group folds into its worst', await page.locator('.fold').first().getAttribute('aria-expanded') === 'false');
await page.locator('.fold').first().click();
await page.locator('a.cell[tabindex="0"]').focus();
await page.keyboard.press('ArrowRight');
check('arrows move between cells', await page.evaluate(() => document.activeElement.closest('td').cellIndex) === 2);
check('the card says what the sign means', /clean|delayed|errors|stuck|data/.test(await page.locator('.card').innerText()));
await page.keyboard.press('Enter');
await page.waitForSelector('.story');
check('Enter opens the story', await page.locator('.story h1').count() === 1);
check('no error in the page: matrix', page.problems.length === 0, page.problems);
await page.context().close();

// --- a story; its error text is <script>, and must stay a text
page = await open(`#cell=${cell}`);
await audit(page, 'story');
await shot(page, 'story');
check('an error text with <script> is text', (await page.locator('.told').innerText()).includes('<script>alert(1)</script>'));
check('what met --fail-on is told', (await page.locator('.fate').innerText()).includes('met --fail-on errors'));
await page.locator('[data-operation]').first().focus();
await page.keyboard.press('Enter');
check('an operation tells its words', await page.locator('.panel .words li').count() >= 2);
check('its address can be passed on', page.url().includes('&op='));
await page.goto(address + `#cell=${cell}&op=1`);
for (const lane of [null, 0, 1, 2]) {
    if (lane !== null)
        await page.locator('.lanes input').nth(lane).click();
    const bad = await page.evaluate(overlaps);
    check(`no two texts of the picture overlap: ${lane === null ? 'as it opens' : `lane ${lane + 1} turned over`}`, bad.length === 0, bad);
}
const strip = await page.locator('.true-time [role=img]').getAttribute('aria-label');
check('the strip in true time says what went wrong, and when', /^In true time, .*fault .*; insert \d+ at /.test(strip), strip);
check('no error in the page: story', page.problems.length === 0, page.problems);
await page.context().close();

// --- a write that is stored and was not confirmed
page = await open(`#cell=${doubtful}`);
await audit(page, 'in doubt');
await shot(page, 'in-doubt');
check('an operation in doubt is told apart from one that failed', await page.locator('.chart .operation.doubt').count() === 1);
check('and the words say what the ledger knows', (await page.locator('.panel').innerText()).includes('its row is in the database'));
const bad = await page.evaluate(overlaps);
check('no two texts of that picture overlap', bad.length === 0, bad);
check('no error in the page: in doubt', page.problems.length === 0, page.problems);
await page.context().close();

// --- other eyes
for (const [name, hash, options] of [['matrix-dark', '', {colorScheme: 'dark'}], ['story-dark', `#cell=${cell}`, {colorScheme: 'dark'}],
    ['matrix-phone', '', {viewport: {width: 390, height: 844}, hasTouch: true, isMobile: true}],
    ['story-phone', `#cell=${cell}`, {viewport: {width: 390, height: 844}, hasTouch: true, isMobile: true}]]) {
    page = await open(hash, options);
    await audit(page, name);
    await shot(page, name);
    if (name === 'matrix-phone')
        check('a phone shows the names of scenarios whole', await page.evaluate(() => [...document.querySelectorAll('.matrix tbody th > span')].every(name => name.scrollWidth <= name.clientWidth)));
    check(`the page itself does not scroll sideways: ${name}`, await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
    await page.context().close();
}
await browser.close();
console.log(`1..${count}`);
process.exitCode = failed ? 1 : 0;
