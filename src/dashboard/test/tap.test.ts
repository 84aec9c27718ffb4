import { describe, expect, test } from 'vitest';
import { Lines } from '../src/api/ndjson';
import type { TapEvent } from '../src/api/types';
import { MOST_ROWS, TapRows, failed } from '../src/pages/tap/rows';

const event = (type: TapEvent['type'], id: string, more: Partial<TapEvent> = {}): TapEvent => ({ type, id, proxy: 'in', src: '127.0.0.1:1', dst: '127.0.0.2:80', tls: true, ...more });

test('lines_cutAnywhere_areWhole', () => {
  const lines = new Lines();
  expect([...'{"a":1}\n\n{"b":2}\n{"c"'].flatMap(piece => lines.push(piece))).toEqual(['{"a":1}', '{"b":2}']);
  expect(lines.push(':3}\n')).toEqual(['{"c":3}']);
});

describe('TapRows', () => {
  test('add_requestResponseAndEnd_isOneRow', () => {
    const rows = new TapRows();
    rows.add([event('req', '1:1', { method: 'GET' }), event('rsp', '1:1', { status: 503 })], 5);
    rows.add([event('end', '1:1', { responseBytes: 9 })], 6);
    expect(rows.items).toHaveLength(1);
    expect(rows.items[0]).toMatchObject({ at: 5, response: { status: 503 }, end: { responseBytes: 9 } });
    expect(failed(rows.items[0]!)).toBe(true);
  });

  test('add_bothSidesOfARequest_areTwoRows', () => {
    const rows = new TapRows();
    rows.add([event('req', '1:1'), event('req', '1:1', { proxy: 'out' })], 0);
    expect(rows.items.map(row => row.request.proxy)).toEqual(['out', 'in']);
  });

  test('add_moreThanAreKept_forgetsTheOldest_andCountsAll', () => {
    const rows = new TapRows();
    rows.add(Array.from({ length: MOST_ROWS + 20 }, (_, index) => event('req', `1:${index}`)), 0);
    expect([rows.items.length, rows.seen, rows.items.at(-1)!.request.id]).toEqual([MOST_ROWS, MOST_ROWS + 20, '1:20']);
  });

  test('add_responseOfAForgottenRequest_isNoRow', () => {
    const rows = new TapRows();
    rows.add([event('rsp', '1:1')], 0);
    expect(rows.items).toEqual([]);
  });
});

test('add_loss_isKept_andIsNoRow', () => {
  const rows = new TapRows();
  rows.add([{ type: 'loss', events: 3, requests: 40 }], 0);
  expect([rows.loss, rows.items.length]).toEqual([{ type: 'loss', events: 3, requests: 40 }, 0]);
});

test('failed_grpcStatusInTrailers_is', () => {
  const rows = new TapRows();
  rows.add([event('req', '1:1'), event('rsp', '1:1', { status: 200 }), event('end', '1:1', { trailers: [{ name: 'grpc-status', value: '14' }] })], 0);
  expect(failed(rows.items[0]!)).toBe(true);
});
