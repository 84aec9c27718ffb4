import { describe, expect, test } from 'vitest';
import { objectPath, owns, pluralOf } from '../src/api/kubernetes';
import type { EffectiveBackend, EffectiveRoute } from '../src/api/service';
import { align, lastStep, wholePoints } from '../src/components/chart/align';
import { versionsOf } from '../src/pages/service/versions';
import { backendWords, routeWords } from '../src/pages/service/words';

test('pluralOf_everyMeshKind_isItsResource', () => {
  expect(['VirtualService', 'DestinationRule', 'TrafficSplit', 'AuthorizationPolicy', 'ServiceEntry', 'HTTPRoute', 'PeerAuthentication', 'Gateway', 'Telemetry', 'Endpoints', 'HTTPLocalRateLimitPolicy'].map(pluralOf))
    .toEqual(['virtualservices', 'destinationrules', 'trafficsplits', 'authorizationpolicies', 'serviceentries', 'httproutes', 'peerauthentications', 'gateways', 'telemetries', 'endpoints', 'httplocalratelimitpolicies']);
});

test('objectPath_coreAndGroup_areApart', () => {
  expect(objectPath('v1', 'Pod', 'shop')).toBe('/api/kubernetes/api/v1/namespaces/shop/pods');
  expect(objectPath('networking.istio.io/v1', 'VirtualService', 'shop', 'users')).toBe('/api/kubernetes/apis/networking.istio.io/v1/namespaces/shop/virtualservices/users');
});

test('owns_podOfADeploymentOrItsReplicaSet_is', () => {
  const pod = (kind: string, name: string) => ({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', ownerReferences: [{ kind, name, uid: '' }] } });
  expect(owns('deployment/users', pod('Deployment', 'users'))).toBe(true);
  expect(owns('deployment/users', pod('ReplicaSet', 'users-5d4f7'))).toBe(true);
  expect(owns('deployment/users', pod('ReplicaSet', 'users-v2-5d4f7'))).toBe(false);
  expect(owns('statefulset/users', pod('ReplicaSet', 'users-5d4f7'))).toBe(false);
});

describe('align', () => {
  const point = (time: number, rps: number) => ({ time, rps, success: 1, latencyMs: null, requests: 1, meshErrors: 0 });

  test('align_anHourAgo_isMovedToNow_alsoWithAnotherStep', () => {
    expect(align([7200, 7210, 7220, 7230], [point(3600, 5), point(3620, 7)], 3600, value => value.rps)).toEqual([5, 5, 7, 7]);
  });

  test('lastStep_isTheEndOfAWholeStep_ofTheServersLength', () => {
    expect([lastStep(1_000_009, 900), lastStep(1_000_009, 3600), lastStep(1_000_009, 21_600)]).toEqual([1_000_000, 1_000_000, 999_960]);
  });

  test('wholePoints_thoseThatNotAllProxiesHaveReported_areLeftOut', () => {
    const points = [point(0, 1), point(10, 1), point(20, 0.4), point(30, 0)];
    const list = { start: 0, step: 10, items: [] };
    expect(wholePoints({ ...list, completeUntil: 29 }, points)).toEqual([point(0, 1), point(10, 1)]);
    expect(wholePoints({ ...list, completeUntil: 30 }, points)).toHaveLength(3);
    expect(wholePoints({ ...list, completeUntil: 400 }, points)).toBe(points);
    expect(wholePoints(list, points)).toBe(points);
  });

  test('align_timeWithoutPoint_isNull', () => {
    expect(align([0, 10, 20], [point(10, 1)], 0, value => value.rps)).toEqual([null, 1, null]);
  });
});

test('versionsOf_countsWhatTheCallersSent_andKnowsIdleOnes', () => {
  const edge = (workload: string, service: string, requests: number) => ({
    source: { namespace: 'shop', workload: 'deployment/web', identity: null }, destination: { namespace: 'shop', workload, service, identity: null },
    success: 1, rps: 1, latencyMs: null, requests, meshErrors: 0,
  });
  const versions = versionsOf('shop', 'users', [edge('deployment/users-v1', 'users', 60), edge('deployment/users-v1', 'users', 30), edge('deployment/users-v2', 'users', 10), edge('deployment/users-v1', 'other', 99)], [], ['deployment/users-v3']);
  expect(versions.map(version => [version.name, version.share])).toEqual([['users-v1', 0.9], ['users-v2', 0.1], ['users-v3', 0]]);
});

test('routeWords_sayWhatHappensToRequests', () => {
  const route: EffectiveRoute = {
    name: 'r', object: null, matches: 'every request', answer: null, backends: [], mirrors: [{ backend: 'b|v2', share: 0.1 }],
    timeouts: { requestMs: 3000, idleMs: null }, retries: { limit: 2, perTryTimeoutMs: 1000, on: ['5xx'], statusCodes: [429], anyMethod: true },
    fault: { delayMs: 500, delayShare: 0.105, abortStatus: 503, abortGrpcStatus: null, abortShare: 1 }, rateLimit: null, changes: [],
  };
  expect(routeWords(route)).toEqual(['timeout 3.00s (whole request)', '2 retries on 5xx, 429, 1.00s each', 'delays 10.5% by 500ms', 'aborts all with 503', 'copies 10% to b|v2']);
});

test('backendWords_withoutPolicy_areFew', () => {
  const backend: EffectiveBackend = { name: 'b', subset: null, endpoints: 1, meshed: 1, protocol: 'http1', mtls: 'strict', loadBalancer: { policy: 'ring-hash', hash: 'header x-user' }, connectionPool: { maxConnections: 100, maxRetries: null }, outlierDetection: null, failureAccrual: null, healthCheck: null };
  expect(backendWords(backend)).toEqual(['balanced by ring-hash on header x-user', 'at most 100 connections']);
});
