import { check, PATIENCE } from '../browser.mjs';
import { pagesOf } from '../pages.mjs';

/** Exit code of `tulle` when the command line is wrong. */
const NOT_UNDERSTOOD = 2;

/** The command that each page shows is one that tulle understands. */
export async function commands_shownOnEachPage_areUnderstood({ browser, mesh }) {
  const page = await browser.page();
  const refused = [];
  for (const [name, path] of Object.entries(await pagesOf(page))) {
    await browser.go(page, path);
    const text = await page.locator('main > .command code, .view > .command code').textContent();
    const { code, output } = await mesh.shell(text, PATIENCE);
    if (code === NOT_UNDERSTOOD) refused.push(`${name}: ${text}\n${output}`);
  }
  check(refused.length === 0, refused.join('\n'));
}
