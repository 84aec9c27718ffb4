import { chromium } from 'playwright-core';

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage'];

/** Milliseconds for what may be slow on a busy machine. */
export const PATIENCE = 60_000;

/** Debian's Chromium, with a record of everything that a page complained about. */
export class Browser {
  static async open(link) {
    const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
    return new Browser(browser, link);
  }

  constructor(browser, link) {
    this.browser = browser;
    this.link = link;
    this.origin = new URL(link).origin;
    this.complaints = [];
  }

  /** A page that came in by the link. */
  async page({ width = 1600, height = 900, theme = 'dark', ignore } = {}) {
    const context = await this.browser.newContext({ viewport: { width, height }, colorScheme: theme, reducedMotion: 'reduce' });
    context.setDefaultTimeout(PATIENCE);
    const page = await context.newPage();
    const complain = text => {
      if (!ignore?.test(text)) this.complaints.push(`${new URL(page.url() || this.origin).pathname}: ${text}`);
    };
    page.on('console', message => message.type() === 'error' && complain(message.text()));
    page.on('pageerror', error => complain(String(error.stack ?? error)));
    await page.addInitScript(() => document.addEventListener('securitypolicyviolation', event => console.error(`CSP: ${event.violatedDirective} ${event.blockedURI}`)));
    await page.goto(this.link);
    return page;
  }

  /** Goes to a path and waits until the page shows what it has. */
  async go(page, path) {
    await page.goto(this.origin + path);
    await page.locator('h1').first().waitFor();
    await settled(page);
  }

  close() {
    return this.browser.close();
  }
}

/** Waits until nothing on the page says that it is still reading. */
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector('main h1') && !document.querySelector('.loading'));
}

/** Waits until `condition`, a function in Node, gives a true value, and gives it back. */
export async function eventually(what, condition, within = PATIENCE) {
  const end = Date.now() + within;
  let last;
  for (;;) {
    try {
      const value = await condition();
      if (value) return value;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(`waited ${within / 1000} s until ${what}, in vain${last ? `: ${last.message}` : ''}`);
    await new Promise(resolve => setTimeout(resolve, 100));
  }
}

export function check(condition, message) {
  if (!condition) throw new Error(message);
}
