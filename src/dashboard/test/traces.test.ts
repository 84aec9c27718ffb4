import { describe, expect, test } from 'vitest';
import type { Span, Trace } from '../src/api/traces';
import { barsOf, criticalPath } from '../src/pages/traces/waterfall';

const span = (spanId: string, parentId: string | null, start: number, duration: number): Span => ({
  spanId, parentId, depth: 0, kind: 'server', source: 'inbound', namespace: 'shop', service: spanId, workload: null, pod: null, name: spanId,
  startMicros: 1000 + start, durationMicros: duration, error: false, message: '', attributes: {}, events: [],
});
const spans = [span('root', null, 0, 100), span('a', 'root', 10, 30), span('b', 'root', 45, 50), span('c', 'b', 50, 20)];
const trace: Trace = { traceId: 't', namespace: 'shop', service: 'root', name: 'GET /', startMicros: 1000, durationMicros: 100, status: 200, error: false, errors: 0, complete: true, kept: 'sampled', services: [], spans };

describe('barsOf', () => {
  test('barsOf_liesWhereTheSpanWas', () => {
    expect(barsOf(trace, new Set()).map(bar => [bar.span.spanId, bar.left, bar.width])).toEqual([['root', 0, 100], ['a', 10, 30], ['b', 45, 50], ['c', 50, 20]]);
  });

  test('barsOf_closedSpan_hidesAllBelowIt', () => {
    expect(barsOf(trace, new Set(['b'])).filter(bar => bar.hidden).map(bar => bar.span.spanId)).toEqual(['c']);
    expect(barsOf(trace, new Set(['root'])).filter(bar => bar.hidden)).toHaveLength(3);
  });

  test('barsOf_spanBeyondTheTrace_staysInThePicture', () => {
    for (const bar of barsOf({ ...trace, spans: [...spans, span('late', 'root', 90, 60)] }, new Set())) expect(bar.left + bar.width).toBeLessThanOrEqual(100.001);
  });
});

test('criticalPath_followsWhoeverEndedLast', () => {
  expect([...criticalPath(spans)]).toEqual(['root', 'b', 'c']);
});

test('criticalPath_orphansAndCycles_end', () => {
  expect([...criticalPath([span('x', 'gone', 0, 5), span('y', 'x', 1, 2)])]).toEqual(['x', 'y']);
  expect(criticalPath([span('x', 'y', 0, 5), span('y', 'x', 1, 2)]).size).toBe(0);
});
