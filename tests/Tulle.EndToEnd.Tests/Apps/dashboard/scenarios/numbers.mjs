import { check, eventually, settled } from '../browser.mjs';

const success = share => (share === null ? '–' : share === 1 ? '100.00%' : `${Math.min(99.99, share * 100).toFixed(2)}%`);

/** Milliseconds of a text such as `850µs`, `12.4ms` or `1.25s`. */
const milliseconds = text => Number.parseFloat(text) * (text.endsWith('µs') ? 0.001 : text.endsWith('ms') ? 1 : 1000);

/** The rows of the first table: cell texts by column key. */
export const rowsOf = page => page.locator('main table').first().evaluate(table => [...table.querySelectorAll('tbody tr:not([aria-hidden])')].map(row =>
  Object.fromEntries([...row.children].map(cell => [[...cell.classList].find(name => name.startsWith('c-'))?.slice(2), cell.textContent.replace(/ (degraded|failing|no requests)$/, '').trim()]))));

/** What `stat` says is what the overview shows. */
export async function overview_numbersEqualStat({ browser, mesh }) {
  const page = await browser.page();
  await browser.go(page, '/?window=10m&namespace=default');
  await eventually('there has been traffic', async () => (await mesh.json('stat', 'deploy', '-n', 'default', '-t', '10m')).filter(row => row.requests > 20).length >= 10);
  await mesh.withoutLoad(async () => {
    await eventually('page and stat agree on every workload', async () => {
      const stat = await mesh.json('stat', 'deploy', '-n', 'default', '-t', '10m');
      const rows = new Map((await rowsOf(page)).map(row => [row.name, row]));
      check(rows.size === stat.length, `the page has ${rows.size} rows, stat has ${stat.length}`);
      for (const expected of stat) compare(rows.get(expected.name), expected);
      return true;
    });
  });
}

function compare(shown, expected) {
  check(shown, `${expected.name} is not on the page`);
  check(shown.success === success(expected.success), `${expected.name}: success is ${shown.success}, stat says ${expected.success}`);
  // Rates are over the age of the proxies, which grows between the two questions.
  check(Math.abs(Number(shown.rps.replace(',', '')) - expected.rps) <= Math.max(0.6, expected.rps * 0.05), `${expected.name}: ${shown.rps} rps, stat says ${expected.rps}`);
  for (const share of ['p50', 'p95', 'p99']) {
    const latency = expected[`latency_ms_${share}`];
    if (latency === null) check(shown[share] === '–', `${expected.name}: ${share} is ${shown[share]} without requests`);
    else check(Math.abs(milliseconds(shown[share]) - latency) <= Math.max(0.006, latency * 0.006), `${expected.name}: ${share} is ${shown[share]}, stat says ${latency}`);
  }
}

/** The first row stands within a second of the navigation, in the best of a few tries. */
export async function overview_isInteractiveWithinASecond({ browser, note }) {
  const page = await browser.page();
  const times = [];
  for (let turn = 0; turn < 6; turn++) {
    await page.goto(browser.origin + '/');
    await page.locator('tbody tr').first().waitFor();
    times.push(await page.evaluate(() => Math.round(performance.now())));
    await settled(page);
  }
  note('interactiveMs', times);
  check(Math.min(...times) < 1000, `the overview took ${times.join(', ')} ms`);
}
