import { check, eventually } from '../browser.mjs';

const OBJECT = '/configuration?id=default/VirtualService/user-service';

const weightsOf = object => object.spec.http.at(-1).route.map(route => route.weight);
const current = async mesh => weightsOf(await mesh.json('get', 'virtualservice', 'user-service', '-n', 'default'));

/** Share of the requests for user-service that the second version got in the last seconds, as its callers counted. */
async function shareOfV2(mesh) {
  const edges = (await mesh.json('edges', '-n', 'default', '-t', '10s')).filter(edge => edge.destination.service === 'user-service' && edge.destination.workload);
  const count = version => edges.filter(edge => edge.destination.workload.endsWith(version)).reduce((sum, edge) => sum + edge.requests, 0);
  const [v1, v2] = [count('-v1'), count('-v2')];
  return v1 + v2 < 30 ? Number.NaN : v2 / (v1 + v2);
}

/** The slider shows what it would change, changes it, and the traffic follows. */
export async function canary_movedByTheSlider_changesTraffic({ browser, mesh, note }) {
  await mesh.apply('samples/shop/subsets.yaml', 'samples/seed/virtualservice-canary.yaml');
  await eventually('a tenth goes to v2', async () => (await shareOfV2(mesh)) < 0.25);
  const page = await browser.page();
  await browser.go(page, OBJECT);
  const slider = page.getByRole('slider', { name: /v2/ });
  await slider.focus();
  for (let step = 0; step < 50; step++) await page.keyboard.press('ArrowRight');
  check(await slider.inputValue() === '60', `the slider is at ${await slider.inputValue()}`);
  const diff = await page.locator('.diff').textContent();
  for (const line of ['- ', 'weight: 90', 'weight: 40', 'weight: 10', 'weight: 60']) check(diff.includes(line), `${line} is not in the difference:\n${diff}`);
  check((await current(mesh)).join() === '90,10', 'the dry run changed the object');
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('Applied.').waitFor();
  check((await current(mesh)).join() === '40,60', `the weights are ${await current(mesh)}`);
  const share = await eventually('the traffic follows', async () => {
    const now = await shareOfV2(mesh);
    return now > 0.42 && now < 0.78 ? now : 0;
  });
  note('shareOfV2At60Percent', share);
  await browser.go(page, '/service?id=default/user-service&window=10s');
  await eventually('the service page shows the shares', async () => {
    const text = await page.locator('.versions li', { hasText: 'user-service-v2' }).locator('.version-share').textContent();
    return Number.parseFloat(text) > 35;
  });
}

/** Somebody else's change is not overwritten: it is said, read, and the weights are applied on top. */
export async function canary_changedMeanwhile_isAConflictThatIsSolved({ browser, mesh }) {
  await mesh.apply('samples/shop/subsets.yaml', 'samples/seed/virtualservice-canary.yaml');
  const page = await browser.page({ ignore: /409/ });
  await browser.go(page, OBJECT);
  const share = page.getByRole('spinbutton', { name: /v2/ });
  await share.waitFor();
  const object = await mesh.json('get', 'virtualservice', 'user-service', '-n', 'default');
  object.metadata = { name: 'user-service', namespace: 'default', annotations: { note: 'changed meanwhile' } };
  await mesh.applyText(JSON.stringify(object));
  await share.fill('25');
  await page.getByText('Somebody changed the object').waitFor();
  await page.getByRole('button', { name: /Read it again/ }).click();
  await page.locator('.yaml').getByText('changed meanwhile').waitFor();
  await page.getByRole('button', { name: 'Apply' }).click();
  await page.getByText('Applied.').waitFor();
  check((await current(mesh)).join() === '75,25', `the weights are ${await current(mesh)}`);
  check((await mesh.json('get', 'virtualservice', 'user-service', '-n', 'default')).metadata.annotations.note === 'changed meanwhile', "the other's change is lost");
}
