import { expect, test } from 'vitest';
import type { Edge } from '../src/api/types';
import { failingCalls } from '../src/pages/overview/failing';

const edge = (from: string, workload: string | null, success: number, requests: number): Edge => ({
  source: { namespace: 'shop', workload: `deployment/${from}`, identity: null }, destination: { namespace: 'shop', workload: workload && `deployment/${workload}`, service: 'currency', identity: null },
  success, rps: requests / 10, latencyMs: null, requests, meshErrors: 0, mtls: 1,
});

test('failingCalls_partThatReachesNoServer_countsForTheCaller', () => {
  const calls = failingCalls([edge('pricing', null, 0, 300), edge('pricing', 'currency', 1, 100), edge('payments', 'currency', 1, 50)]);
  expect(calls).toMatchObject([{ from: { workload: 'deployment/pricing' }, service: 'currency', requests: 400, rps: 40, success: 0.25 }]);
});

test('failingCalls_mostFailuresFirst_andOneOfFewIsNoVerdict', () => {
  const calls = failingCalls([edge('a', 'currency', 0.5, 20), edge('b', 'currency', 0.5, 200), edge('c', 'currency', 0.95, 20)]);
  expect(calls.map(call => call.from.workload)).toEqual(['deployment/b', 'deployment/a']);
});
