import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { check, eventually } from '../browser.mjs';
import { pagesOf } from '../pages.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** No page has a serious finding of accessibility, in either theme, wide and narrow. */
export async function accessibility_noSeriousFinding_onAnyPage({ browser }) {
  const findings = [];
  for (const [theme, width] of [['dark', 1600], ['light', 390]]) {
    const page = await browser.page({ theme, width });
    for (const [name, path] of Object.entries(await pagesOf(page))) {
      await browser.go(page, path);
      if (name === 'tap') await page.locator('table.tap tbody tr').first().waitFor();
      await page.evaluate(AXE);
      const { violations } = await page.evaluate(() => globalThis.axe.run());
      for (const finding of violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')) {
        findings.push(`${name}, ${theme}, ${width}: ${finding.id} (${finding.impact}): ${finding.nodes.slice(0, 2).map(node => `${node.target.join(' ')}: ${node.any[0]?.message ?? finding.help}`).join('; ')}`);
      }
    }
    await page.context().close();
  }
  check(findings.length === 0, findings.join('\n'));
}

/** No page is wider than its screen, and each is kept as a picture: three widths, light and dark. */
export async function screenshots_ofEveryPage_fitTheirWidth({ browser, artifacts }) {
  mkdirSync(artifacts, { recursive: true });
  const wide = [];
  for (const theme of ['light', 'dark']) {
    for (const width of [390, 1024, 1600]) {
      const page = await browser.page({ theme, width, height: width < 500 ? 844 : 900 });
      for (const [name, path] of Object.entries(await pagesOf(page))) {
        await browser.go(page, path);
        await eventually('charts and graphs are drawn', () => page.evaluate(() => !document.querySelector('.chart-box:empty') && !document.querySelector('.graph svg g:first-child:empty')));
        if (name === 'tap') await page.locator('table.tap tbody tr').nth(3).waitFor();
        await page.screenshot({ path: join(artifacts, `${name}-${width}-${theme}.png`) });
        const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        if (excess > 1) wide.push(`${name} at ${width}: ${excess} pixels too wide`);
      }
      await page.context().close();
    }
  }
  check(wide.length === 0, wide.join('\n'));
}

/** Nothing that any page did in any scenario was an error, or refused by the content security policy. */
export async function console_hasNoErrors_andNoViolations({ browser }) {
  check(browser.complaints.length === 0, browser.complaints.slice(0, 20).join('\n'));
}
