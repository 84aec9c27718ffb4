import { expect, test } from 'vitest';
import type { Edge } from '../src/api/types';
import { stateOf } from '../src/pages/controlplane/proxyState';
import { certificateTone } from '../src/pages/security/certificates';
import { leastSecured, reason } from '../src/pages/security/reasons';

const edge = (mtls: number | null, source: Partial<Edge['source']> = {}, destination: Partial<Edge['destination']> = {}): Edge => ({
  source: { namespace: 'shop', workload: 'deployment/web', identity: 'spiffe://x', ...source }, destination: { namespace: 'shop', workload: 'deployment/users', identity: 'spiffe://y', ...destination },
  success: 1, rps: 1, latencyMs: null, requests: 1, meshErrors: 0, mtls,
});

test('reason_eachCase_saysWhatToDo', () => {
  expect(reason(edge(1))).toMatch(/proven/);
  expect(reason({ ...edge(null), requests: 0 })).toMatch(/No request or open/);
  expect(reason(edge(null))).toMatch(/nothing was exposed/);
  expect(reason(edge(0, { workload: null, identity: null }))).toMatch(/sidecar, or refuse/);
  expect(reason(edge(0, {}, { workload: null }))).toMatch(/outside the mesh/);
  expect(reason(edge(0, {}, { identity: null }))).toMatch(/Add one/);
  expect(reason(edge(0.5))).toMatch(/A part/);
  expect(reason(edge(0))).toMatch(/DISABLE/);
});

test('leastSecured_plaintextFirst_unknownLast', () => {
  expect([edge(null), edge(1), edge(0), edge(0.5)].sort(leastSecured).map(row => row.mtls)).toEqual([0, 0.5, 1, null]);
});

test('certificateTone_isJudgedByItsLife', () => {
  const pod = (issued: number, notAfter: number) => ({ name: 'p', issued: new Date(issued).toISOString(), notAfter: new Date(notAfter).toISOString() });
  expect([certificateTone(pod(0, 3_600_000), 1_800_000), certificateTone(pod(0, 3_600_000), 3_400_000), certificateTone(pod(0, 3_600_000), 3_600_000)]).toEqual(['ok', 'warn', 'bad']);
  expect(certificateTone({ name: 'p', issued: null, notAfter: null }, 0)).toBe('idle');
});

test('stateOf_refusedBeforeBehind', () => {
  const proxy = (...resources: { resource: string; sent: number; acknowledged: number; error?: string }[]) => ({ namespace: 'n', pod: 'p', proxyVersion: '1', connectedAt: '', resources });
  expect(stateOf(proxy({ resource: 'a', sent: 2, acknowledged: 1 }, { resource: 'b', sent: 2, acknowledged: 1, error: 'no' }))).toEqual({ kind: 'refused', text: 'b: no' });
  expect(stateOf(proxy({ resource: 'a', sent: 2, acknowledged: 1 }))).toEqual({ kind: 'behind', text: 'has not acknowledged a' });
  expect(stateOf(proxy({ resource: 'a', sent: 2, acknowledged: 2 })).kind).toBe('in sync');
});
