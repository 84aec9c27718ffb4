import { check, eventually, settled } from '../browser.mjs';
import { rowsOf } from './numbers.mjs';

/** Sort, filter, window and selection are in the address; back, forward and reload bring them back. */
export async function address_holdsTheState_backForwardAndReloadKeepIt({ browser }) {
  const page = await browser.page();
  await browser.go(page, '/');
  await page.getByRole('button', { name: 'RPS', exact: true }).click();
  await page.getByLabel('Window').selectOption('1m');
  await page.getByLabel('Filter').fill('user');
  await eventually('the filter holds', async () => (await rowsOf(page)).every(row => row.name.includes('user')));
  const overview = page.url();
  for (const part of ['sort=-rps', 'window=1m', 'filter=user']) check(overview.includes(part), `${part} is not in ${overview}`);

  await page.getByRole('link', { name: 'Topology' }).click();
  await page.locator('[data-node="default/deployment/frontend"]').click();
  await eventually('the choice is in the address', () => page.url().includes('select=default/deployment/frontend'));
  check(page.url().includes('window=1m') && !page.url().includes('filter'), `${page.url()} carries the wrong things along`);
  const topology = page.url();

  await page.goBack();
  await page.goBack();
  await eventually('back leads to the overview', () => page.url() === overview);
  await settled(page);
  check(await page.getByLabel('Filter').inputValue() === 'user', 'the filter is gone after going back');
  check(await page.locator('th[aria-sort="descending"]').textContent() === 'RPS↓', 'the order is gone after going back');
  await page.goForward();
  await page.goForward();
  await eventually('forward leads to the topology', () => page.url() === topology);
  await page.reload();
  await page.locator('[data-node="default/deployment/frontend"].is-selected').waitFor();
  await page.getByRole('complementary', { name: 'Details' }).waitFor();
}

/** Everything can be reached and done with the keyboard. */
export async function keyboard_reachesNavigationTableAndGraph({ browser }) {
  const page = await browser.page();
  await browser.go(page, '/');
  await page.keyboard.press('Tab');
  check(await page.evaluate(() => document.activeElement.textContent) === 'Skip to content', 'the first stop is not the skip link');
  await page.keyboard.press('Enter');
  check(await page.evaluate(() => document.activeElement.id) === 'main', 'the skip link does not lead to the content');
  await browser.go(page, '/topology');
  const node = page.locator('[data-node="default/deployment/frontend"]');
  await node.focus();
  await page.getByRole('complementary', { name: 'Details' }).waitFor();
  await page.keyboard.press('Enter');
  await eventually('Enter opens the workload', () => page.url().includes('/workload?id=default/deployment/frontend'));
}

/** A stream that cannot be had is said, and comes back by itself. */
export async function stream_broken_isSaidToBeStale_andComesBack({ browser }) {
  const page = await browser.page({ ignore: /ERR_FAILED/ });
  await page.route('**/api/stream*', route => route.abort());
  await page.goto(browser.origin + '/');
  await page.locator('.stream-stale').waitFor();
  await page.unroute('**/api/stream*');
  await page.locator('.stream-live').waitFor();
  await page.locator('tbody tr').first().waitFor();
}

/** The theme follows the system until it is chosen. */
export async function theme_followsTheSystem_untilItIsChosen({ browser }) {
  const page = await browser.page({ theme: 'light' });
  await browser.go(page, '/');
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
  check(await theme() === 'light', 'the system is light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await eventually('the page follows the system', async () => await theme() === 'dark');
  await page.getByRole('button', { name: /^Theme/ }).click();
  check(await theme() === 'light', 'the chosen theme does not hold');
  await page.reload();
  check(await theme() === 'light', 'the chosen theme is forgotten');
}
