/**
 * Drives the dashboard of a running demo and writes a line of JSON for each scenario: its name, whether it passed, and why not.
 * Without names, all scenarios run. Usage: run.mjs [--list] [NAME…], with TULLE, TULLE_HOME, REPOSITORY, LINK and ARTIFACTS set.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as canary from './scenarios/canary.mjs';
import * as commands from './scenarios/commands.mjs';
import * as looks from './scenarios/looks.mjs';
import * as navigation from './scenarios/navigation.mjs';
import * as numbers from './scenarios/numbers.mjs';
import * as size from './scenarios/size.mjs';
import * as traffic from './scenarios/traffic.mjs';
import { Browser } from './browser.mjs';
import { Mesh } from './mesh.mjs';

const { console_hasNoErrors_andNoViolations, ...pictures } = looks;
const { rowsOf: _, ...counted } = numbers;
// The pictures come late, when there is history and a canary to show; what all pages complained of comes last.
const scenarios = { ...counted, ...traffic, ...navigation, ...canary, ...commands, ...size, ...pictures, console_hasNoErrors_andNoViolations };

const names = process.argv.slice(2);
if (names[0] === '--list') {
  console.log(Object.keys(scenarios).join('\n'));
  process.exit(0);
}

const { TULLE, TULLE_HOME, REPOSITORY, LINK, ARTIFACTS } = process.env;
const measured = {};
const mesh = new Mesh({ tulle: TULLE, home: TULLE_HOME, repository: REPOSITORY });
const browser = await Browser.open(LINK);
const tools = { browser, mesh, artifacts: ARTIFACTS, note: (name, value) => { measured[name] = value; } };
let failed = 0;
for (const [name, scenario] of Object.entries(scenarios).filter(([name]) => names.length === 0 || names.includes(name))) {
  const started = Date.now();
  let message = '';
  try {
    await scenario(tools);
  } catch (error) {
    failed++;
    message = String(error.stack ?? error);
    mkdirSync(ARTIFACTS, { recursive: true });
    const pages = browser.browser.contexts().flatMap(context => context.pages());
    await pages.at(-1)?.screenshot({ path: join(ARTIFACTS, `failed-${name}.png`) }).catch(() => {});
  }
  for (const context of browser.browser.contexts()) await context.close();
  console.log(JSON.stringify({ name, passed: message === '', message, milliseconds: Date.now() - started }));
}
mkdirSync(ARTIFACTS, { recursive: true });
writeFileSync(join(ARTIFACTS, 'measured.json'), `${JSON.stringify(measured, null, 2)}\n`);
await browser.close();
process.exit(failed === 0 ? 0 : 1);
