import { describe, expect, test } from 'vitest';
import type { KubernetesObject } from '../src/api/kubernetes';
import { diff } from '../src/pages/configuration/diff';
import { sharesOf, shift, weightGroups, weightOf } from '../src/pages/configuration/weights';
import { objectOf, withWeights, yamlOf } from '../src/pages/configuration/yaml';

const canary: KubernetesObject = {
  apiVersion: 'networking.istio.io/v1', kind: 'VirtualService',
  metadata: { name: 'users', namespace: 'shop', resourceVersion: '7', annotations: { note: 'yes: "quoted"', 'kubectl.kubernetes.io/last-applied-configuration': '{}' }, managedFields: [{ manager: 'kubectl' }] },
  spec: {
    hosts: ['users'],
    http: [
      { match: [{ headers: { version: { exact: 'v2' } } }], route: [{ destination: { host: 'users', subset: 'v2' } }] },
      { route: [{ destination: { host: 'users', subset: 'v1' }, weight: 90 }, { destination: { host: 'users', subset: 'v2' }, weight: 10 }], timeout: '3s' },
    ],
  },
  status: { observedGeneration: 1 },
};

describe('weightGroups', () => {
  test('weightGroups_virtualService_areRulesWithAChoice', () => {
    expect(weightGroups(canary)).toEqual([{ path: ['spec', 'http', 1, 'route'], label: 'every request', targets: ['users v1', 'users v2'], weights: [90, 10], field: 'weight' }]);
  });

  test('weightGroups_matchedRule_saysWhat', () => {
    const rule = { match: [{ uri: { prefix: '/a' }, headers: { x: { exact: '1' } } }], route: [{ destination: { host: 'a' } }, { destination: { host: 'b' } }] };
    expect(weightGroups({ kind: 'VirtualService', spec: { http: [rule] } })[0]).toMatchObject({ label: 'uri prefix /a and headers x 1', weights: [1, 1] });
  });

  test('weightGroups_trafficSplitAndHttpRoute', () => {
    expect(weightGroups({ kind: 'TrafficSplit', spec: { service: 's', backends: [{ service: 'a', weight: '900m' }, { service: 'b', weight: '100m' }] } })[0]).toMatchObject({ targets: ['a', 'b'], weights: [0.9, 0.1] });
    expect(weightGroups({ kind: 'HTTPRoute', spec: { rules: [{ backendRefs: [{ name: 'a', port: 80 }, { name: 'b', port: 80, weight: 3 }] }] } })[0]).toMatchObject({ targets: ['a:80', 'b:80'], weights: [1, 3] });
    expect(weightGroups({ kind: 'DestinationRule', spec: {} })).toEqual([]);
  });

  test('weightOf_anything_isANumber', () => {
    expect([weightOf(5, 1), weightOf('5', 1), weightOf('500m', 1), weightOf('x', 1), weightOf(undefined, 1)]).toEqual([5, 5, 0.5, 1, 1]);
  });
});

describe('shift', () => {
  test('shift_oneOfTwo_movesTheOther', () => {
    expect(shift([90, 10], 1, 35)).toEqual([65, 35]);
    expect(shift([100, 0], 1, 100)).toEqual([0, 100]);
  });

  test('shift_oneOfMany_theOthersKeepTheirProportion_andTheSumIs100', () => {
    expect(shift([60, 30, 10], 2, 40)).toEqual([40, 20, 40]);
    for (let share = 0; share <= 100; share++) expect(shift([1, 1, 1, 4], 0, share).reduce((sum, weight) => sum + weight, 0)).toBe(100);
  });

  test('shift_othersWithoutWeight_divideTheRest', () => {
    expect(shift([100, 0, 0], 0, 40)).toEqual([40, 30, 30]);
  });

  test('sharesOf_anySum_arePerCent', () => {
    expect(sharesOf([900, 100])).toEqual([90, 10]);
    expect(sharesOf([0, 0])).toEqual([0, 0]);
  });
});

describe('yaml', () => {
  const group = weightGroups(canary)[0]!;

  test('withWeights_changesTheWeights_andNothingElse', () => {
    const changed = objectOf(withWeights(yamlOf(canary), [[group, [65, 35]]]), canary);
    const expected = structuredClone(canary) as never as { spec: { http: { route: { weight: number }[] }[] } };
    expected.spec.http[1]!.route[0]!.weight = 65;
    expected.spec.http[1]!.route[1]!.weight = 35;
    expect(changed).toEqual(expected);
  });

  test('withWeights_missingWeight_isWritten', () => {
    const text = 'kind: HTTPRoute\nspec:\n  rules:\n    - backendRefs:\n        - name: a\n        - name: b # the new one\n';
    const found = weightGroups({ kind: 'HTTPRoute', spec: { rules: [{ backendRefs: [{ name: 'a' }, { name: 'b' }] }] } })[0]!;
    expect(withWeights(text, [[found, [80, 20]]])).toBe('kind: HTTPRoute\nspec:\n  rules:\n    - backendRefs:\n        - name: a\n          weight: 80\n        - name: b # the new one\n          weight: 20\n');
  });

  test('yamlOf_beginsAsPeopleWriteIt_withoutManagedFields', () => {
    expect(yamlOf({ ...canary, kind: 'VirtualService' }).split('\n').filter(line => /^\S/.test(line))).toEqual(['apiVersion: networking.istio.io/v1', 'kind: VirtualService', 'metadata:', 'spec:', 'status:']);
    expect(yamlOf(canary)).not.toMatch(/managedFields|last-applied/);
    const alone = { ...canary, metadata: { name: 'users', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{}' } } };
    expect(yamlOf(alone)).not.toContain('annotations');
    expect(objectOf(yamlOf(alone), alone)).toEqual(alone);
  });

  test('diff_ofTwoWeights_isThoseLinesAndSomeAround', () => {
    const before = yamlOf(canary);
    const lines = diff(before, withWeights(before, [[group, [65, 35]]]), 1);
    expect(lines.filter(line => line.kind !== 'same').map(line => `${line.kind} ${line.text.trim()}`)).toEqual(['removed weight: 90', 'added weight: 65', 'gap …', 'removed weight: 10', 'added weight: 35']);
  });

  test('diff_sameText_isNothing', () => {
    expect(diff('a\nb', 'a\nb')).toEqual([]);
  });
});
