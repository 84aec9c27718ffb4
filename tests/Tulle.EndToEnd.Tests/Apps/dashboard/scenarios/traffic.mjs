import { check, eventually, settled } from '../browser.mjs';

/** Live requests appear, can be paused, opened and narrowed. */
export async function tap_rowsAppear_pauseAndOpen({ browser }) {
  const page = await browser.page();
  await browser.go(page, '/tap?target=deploy/frontend&namespace=default');
  const rows = page.locator('table.tap tbody tr:not([aria-hidden])');
  await eventually('requests appear', async () => (await rows.count()) > 5);
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.getByText('paused').first().waitFor();
  const before = await page.locator('.kicker').textContent();
  await page.waitForTimeout(1200);
  check(await page.locator('.kicker').textContent() === before, 'requests go on to come while it is paused');
  await rows.first().getByRole('button').click();
  await page.locator('.tap-details').getByText("'s proxy").waitFor();
  await browser.go(page, '/tap?target=deploy/frontend&namespace=default&path=/cart');
  await eventually('requests with the path appear', async () => (await rows.count()) > 0);
  for (const text of await rows.locator('.tap-request').allTextContents()) check(text.includes('/cart'), `${text} does not begin with /cart`);
  await browser.go(page, '/tap?target=deploy/frontend&namespace=default&headers=true&direction=both');
  await eventually('requests appear', async () => (await rows.count()) > 5);
  await page.getByRole('button', { name: 'Pause' }).click();
  await rows.first().getByRole('button').click();
  await page.getByRole('region', { name: 'Request headers' }).locator('dt').first().waitFor();
}

/** The search leads to a waterfall whose spans open. */
export async function traces_searchAndWaterfall({ browser }) {
  const page = await browser.page();
  await browser.go(page, '/traces');
  const line = page.locator('.trace-line').first();
  await line.waitFor();
  await line.click();
  await page.locator('.span').first().waitFor();
  await settled(page);
  check(/trace=[0-9a-f]{32}/.test(page.url()), `${page.url()} names no trace`);
  await page.locator('.span-choose').first().click();
  await page.getByText('Began after').waitFor();
  await page.goBack();
  await page.goBack();
  await line.waitFor();
}

const FAULT = `apiVersion: networking.istio.io/v1
kind: VirtualService
metadata:
  name: currency-fault
  namespace: default
spec:
  hosts: [currency]
  http:
  - fault: { abort: { httpStatus: 503, percentage: { value: 100 } } }
    route:
    - destination: { host: currency }
`;

/** An error injected by YAML turns the edge red within five seconds; a busy machine has three tries. */
export async function topology_injectedError_turnsTheEdgeRed({ browser, mesh, note }) {
  const page = await browser.page();
  await browser.go(page, '/topology?window=10s');
  const edge = page.locator('[data-edge="default/deployment/pricing>default/deployment/currency"]');
  const times = [];
  while (times.length < 3 && !times.some(took => took < 5000)) {
    await eventually('the edge is there and well', async () => /h-(ok|warn)/.test(await edge.getAttribute('class')));
    const started = Date.now();
    try {
      await mesh.applyText(FAULT);
      await eventually('the edge is red', async () => /h-bad/.test(await edge.getAttribute('class')));
      times.push(Date.now() - started);
    } finally {
      await mesh.command('delete', 'virtualservice', 'currency-fault', '-n', 'default');
    }
  }
  note('redAfterMs', times);
  check(times.some(took => took < 5000), `it took ${times.join(', ')} ms until the edge was red`);
}

/** A brushed chart zooms, and the comparison with an hour ago is one click. */
export async function workload_chartsZoomAndCompare({ browser }) {
  const page = await browser.page();
  await browser.go(page, '/workload?id=default/deployment/frontend&range=15m');
  const chart = page.locator('.u-over').first();
  await chart.waitFor();
  await page.getByLabel('compare with an hour ago').check();
  await page.getByText('1h ago').first().waitFor();
  const box = await chart.boundingBox();
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.9, box.y + 50, { steps: 5 });
  await page.mouse.up();
  await eventually('the brushed time is in the address', () => /from=\d+/.test(page.url()) && /to=\d+/.test(page.url()) && page.url().includes('compare=1h'));
  await page.getByRole('button', { name: /show all/ }).click();
  await eventually('all is shown again', () => !page.url().includes('from='));
}
