import { expect, test } from 'vitest';
import { command, shellWord } from '../src/format/command';
import { health, worstFirst } from '../src/format/health';
import { endName, matches } from '../src/format/names';
import { bytes, count, latency, percent, plural, rate } from '../src/format/numbers';
import { duration, since, windowSeconds } from '../src/format/time';
import { warningsOf, withQuery } from '../src/api/client';

test('percent_nearlyAll_isNotRoundedToAll', () => {
  expect([percent(1), percent(0.999999), percent(0.000001), percent(0), percent(null)]).toEqual(['100.00%', '99.99%', '0.01%', '0.00%', '–']);
});

test('latency_ofEachSize_hasThreeDigits', () => {
  expect([0.0004, 0.85, 1.234, 12.34, 123.4, 1234, 12345].map(latency)).toEqual(['0µs', '850µs', '1.23ms', '12.3ms', '123ms', '1.23s', '12.3s']);
});

test('rate_ofEachSize_isShort', () => {
  expect([0, 0.033, 7.12, 45.2, 1234, 45_678].map(rate)).toEqual(['0', '0.03', '7.1', '45', '1,234', '45.7k']);
});

test('bytesAndCount_ofEachSize_areShort', () => {
  expect([0, 999, 1500, 2.5e6].map(bytes)).toEqual(['0 B', '999 B', '1.5 kB', '2.5 MB']);
  expect([12, 99_999, 123_456, 2e6].map(count)).toEqual(['12', '99,999', '123k', '2.0M']);
});

test('plural_one_hasNoS', () => {
  expect([plural(1, 'span'), plural(0, 'span'), plural(1234, 'span')]).toEqual(['1 span', '0 spans', '1,234 spans']);
});

test('duration_hasTheTwoLargestUnits', () => {
  expect([0, 8, 65, 3600, 93_784].map(duration)).toEqual(['0s', '8s', '1m 5s', '1h', '1d 2h']);
  expect(since(1000, 66_000)).toBe('1m 5s ago');
  expect(since(7_200_000, 0)).toBe('in 2h');
  expect(duration(3649 * 86400)).toBe('9y 364d');
});

test('windowSeconds_otherText_isNoNumber', () => {
  expect(['30s', '5m', '1h', '7d'].map(windowSeconds)).toEqual([30, 300, 3600, 604_800]);
  expect(windowSeconds('x')).toBeNaN();
});

const golden = (success: number | null, p99: number, rps = 1) => ({ success, rps, latencyMs: success === null ? null : { p50: p99, p95: p99, p99 }, requests: 1, meshErrors: 0 });

test('worstFirst_failingThenSlowThenBusy_andIdleLast', () => {
  const rows = [golden(null, 0), golden(1, 10), golden(1, 1000), golden(0.5, 1), golden(0.99, 1), golden(1, 10, 50)];
  expect(rows.sort(worstFirst).map(row => [row.success, row.latencyMs?.p99, row.rps])).toEqual([
    [0.5, 1, 1], [0.99, 1, 1], [1, 1000, 1], [1, 10, 50], [1, 10, 1], [null, undefined, 1],
  ]);
});

test('health_hasThreeStatesAndNone', () => {
  expect([1, 0.98, 0.9, null].map(share => health(share))).toEqual(['ok', 'warn', 'bad', 'idle']);
});

// The same cases as in SuccessHealthTests.
test('health_fewRequests_areNoVerdict', () => {
  expect([health(0.95, 20), health(0.9, 1000), health(0.96, 50), health(0.96, 1000), health(0, 3)]).toEqual(['ok', 'bad', 'ok', 'warn', 'bad']);
});

test('endName_saysTheMostThatIsKnown', () => {
  const end = { namespace: 'shop', workload: null, service: null, identity: null };
  expect(endName({ ...end, workload: 'deployment/web' })).toBe('web');
  expect(endName({ ...end, service: 'users' })).toBe('users');
  expect(endName({ ...end, identity: 'spiffe://cluster.local/ns/shop/sa/web' })).toBe('shop/web');
  expect(endName(end)).toBe('outside the mesh');
});

test('matches_needsEveryWord', () => {
  expect(matches('user shop', 'user-service', 'shop')).toBe(true);
  expect(matches('user other', 'user-service', 'shop')).toBe(false);
  expect(matches('', null)).toBe(true);
});

test('command_quotesWhatAShellWouldRead', () => {
  expect(shellWord("it's")).toBe("'it'\\''s'");
  expect(command(['tap', 'deploy/web'], { '--path': '/a b', '--method': '', '-A': true, '-w': false })).toBe("tulle tap deploy/web --path '/a b' -A");
});

test('warningsOf_severalInOneHeader_areTold', () => {
  expect(warningsOf('299 - "a \\"quoted\\" one", 299 - "another"')).toEqual(['a "quoted" one', 'another']);
  expect(warningsOf(null)).toEqual([]);
});

test('withQuery_leavesOutWhatHasNoValue', () => {
  expect(withQuery('stat/pods', { window: '5m', to: null, from: '', x: 0 })).toBe('stat/pods?window=5m&x=0');
});
