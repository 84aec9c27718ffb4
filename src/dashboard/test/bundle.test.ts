import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';

const dist = new URL('../dist/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path.replace(/^\//, ''), dist));

/** Bytes, gzipped. */
const INITIAL_LIMIT = 300_000;

/** What the page asks for before it shows anything, and what those scripts import at once. */
function initialFiles(): string[] {
  const html = read('index.html').toString();
  const found = new Set(['index.html', ...[...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(match => match[1]!)]);
  for (const file of found) {
    if (!file.endsWith('.js')) continue;
    for (const match of read(file).toString().matchAll(/(?:from|import)\s*"(\.\/[^"]+\.js)"/g)) found.add(`/assets/${match[1]!.slice(2)}`);
  }
  return [...found];
}

describe.runIf(existsSync(dist))('built dashboard', () => {
  test('initialLoad_gzipped_isSmall', () => {
    const sizes = initialFiles().map(file => [file, gzipSync(read(file), { level: 9 }).length] as const);
    const total = sizes.reduce((sum, [, size]) => sum + size, 0);
    expect(total, sizes.map(([file, size]) => `${file} ${size}`).join('\n')).toBeLessThan(INITIAL_LIMIT);
  });

  test('indexHtml_hasNothingInline_andNothingFromElsewhere', () => {
    const html = read('index.html').toString();
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*\bsrc=)|\son\w+=|https?:\/\//);
  });

  test('assets_loadNothingFromElsewhere', () => {
    for (const file of readdirSync(new URL('assets/', dist)).filter(name => /\.(js|css)$/.test(name))) {
      expect(read(`assets/${file}`).toString(), file).not.toMatch(/(?:import\(|import |url\(|fetch\(|src=)["'`]?https?:/);
    }
  });
});
