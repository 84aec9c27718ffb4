import { describe, expect, test } from 'vitest';
import type { Edge } from '../src/api/types';
import { graphOf, learnServing, neighbourhood, nodeKey } from '../src/pages/topology/graph';
import { layersOf } from '../src/pages/topology/layers';
import { GraphLayout, NODE_HEIGHT, spread } from '../src/pages/topology/layout';
import { nodeWidth, pathOf, projectAll } from '../src/pages/topology/projection';
import { fit, flowFor, labelScale, overflows, zoomAt } from '../src/pages/topology/viewport';

const end = (workload: string | null, service: string | null = workload) =>
  ({ namespace: 'shop', workload: workload && `deployment/${workload}`, service, identity: null });
const edge = (from: string, to: string, more: Partial<Edge> = {}): Edge =>
  ({ source: end(from), destination: end(to), success: 1, rps: 1, latencyMs: null, requests: 10, meshErrors: 0, mtls: 1, ...more });

describe('graphOf', () => {
  test('graphOf_twoServicesBetweenTwoWorkloads_isOneLine', () => {
    const graph = graphOf([edge('a', 'b'), { ...edge('a', 'b', { success: 0.5, requests: 30, rps: 3, mtls: 0 }), destination: end('b', 'other') }]);
    expect(graph.nodes.size).toBe(2);
    expect(graph.edges).toHaveLength(1);
    expect(graph.edges[0]).toMatchObject({ rps: 4, requests: 40, success: 0.625, mtls: 0 });
  });

  test('graphOf_requestThatFoundNoServer_leadsToTheService', () => {
    const graph = graphOf([{ ...edge('a', 'b'), destination: end(null, 'gone') }]);
    expect([...graph.nodes.values()].map(node => [node.kind, node.name])).toEqual([['workload', 'a'], ['service', 'gone']]);
  });

  test('graphOf_serviceWithOneKnownServer_failuresAreOnTheLineToIt', () => {
    const serving = new Map<string, Set<string>>();
    learnServing(serving, [edge('a', 'b')]);
    const failed = { ...edge('a', 'b', { success: 0, requests: 10 }), destination: end(null, 'b') };
    expect(graphOf([edge('a', 'b'), failed], [], serving).edges).toMatchObject([{ to: 'shop/deployment/b', requests: 20, success: 0.5 }]);
    learnServing(serving, [{ ...edge('a', 'b'), destination: end('b-v2', 'b') }]);
    expect(graphOf([failed], [], serving).edges).toMatchObject([{ to: 'shop/service/b' }]);
  });

  test('graphOf_unknownSender_isOutside', () => {
    expect(nodeKey({ namespace: null, workload: null, identity: null })).toBe('outside/');
  });

  test('neighbourhood_isOneStepAround', () => {
    const graph = graphOf([edge('a', 'b'), edge('b', 'c'), edge('c', 'd')]);
    expect([...neighbourhood(graph, 'shop/deployment/b')].sort()).toEqual(['shop/deployment/a', 'shop/deployment/b', 'shop/deployment/c']);
  });
});

const links = (...pairs: string[]) => {
  const edges = pairs.map(pair => pair.split('>') as [string, string]);
  return { nodes: [...new Set(edges.flat())], edges };
};

describe('layersOf', () => {
  test('layersOf_diamondWithAShortcut_isTheLongestWay', () => {
    expect(Object.fromEntries(layersOf(links('a>b', 'b>c', 'a>c', 'c>d')))).toEqual({ a: 0, b: 1, c: 2, d: 3 });
  });

  test('layersOf_cycle_ends', () => {
    const layers = layersOf(links('a>b', 'b>c', 'c>b', 'c>c'));
    expect([layers.get('a'), layers.get('b'), layers.get('c')]).toEqual([0, 1, 2]);
  });

  test('layersOf_edgesInAnotherOrder_areTheSame', () => {
    const pairs = ['web>users', 'web>orders', 'orders>users', 'users>web', 'orders>mail'];
    expect(layersOf(links(...pairs))).toEqual(layersOf({ ...links(...pairs), edges: links(...[...pairs].reverse()).edges }));
  });
});

describe('GraphLayout', () => {
  const shop = ['web>users', 'web>orders', 'orders>users', 'orders>mail', 'web>search', 'search>catalog'];

  test('place_sameGraphAgain_movesNothing', () => {
    const layout = new GraphLayout();
    const before = new Map(layout.place(links(...shop)));
    expect(new Map(layout.place(links(...[...shop].reverse())))).toEqual(before);
  });

  test('place_nodesComeAndGo_thoseThatStayDoNotMove', () => {
    const layout = new GraphLayout();
    const before = new Map(layout.place(links(...shop)));
    layout.place(links(...shop, 'mail>queue', 'new>web'));
    layout.place(links(...shop.slice(0, 3)));
    const after = layout.place(links(...shop, 'mail>queue', 'new>web'));
    for (const [key, point] of before) expect(after.get(key)).toEqual(point);
    expect(after.get('new')!.x).toBeLessThan(after.get('web')!.x);
    expect(after.get('queue')!.x).toBeGreaterThan(after.get('mail')!.x);
  });

  test('place_anyGraph_nodesNeverOverlap', () => {
    const pairs = Array.from({ length: 300 }, (_, index) => `n${(index * 7) % 60}>n${60 + ((index * 11) % 90)}`);
    const layout = new GraphLayout();
    layout.place(links(...pairs.slice(0, 200)));
    const points = [...layout.place(links(...pairs)).values()];
    for (const [index, a] of points.entries()) {
      for (const b of points.slice(index + 1)) expect(a.x !== b.x || Math.abs(a.y - b.y) > NODE_HEIGHT).toBe(true);
    }
  });

  test('place_edgeOverSeveralColumns_hasALaneBetweenTheNodes', () => {
    const layout = new GraphLayout();
    const places = layout.place(links('a>b', 'b>c', 'c>d', 'a>d'));
    const lane = layout.lane('a', 'd');
    expect(lane.map(point => point.x)).toEqual([places.get('b')!.x, places.get('c')!.x]);
    expect(Math.abs(lane[0]!.y - places.get('b')!.y)).toBeGreaterThan(NODE_HEIGHT / 2);
    expect(layout.lane('a', 'b')).toEqual([]);
  });

  test('spread_crowdedWishes_keepOrderAndDistance', () => {
    expect(spread([0, 0, 0, 1000], [64, 64, 64, 64])).toEqual([-64, 0, 64, 1000]);
    expect(spread([5, 5], [64, 20])).toEqual([-16, 26]);
  });
});

describe('viewport', () => {
  test('fit_showsEveryNode', () => {
    const view = fit([{ x: 0, y: 0 }, { x: 2000, y: 900 }], { width: 800, height: 600 }, 190);
    for (const point of [{ x: 0, y: 0 }, { x: 2000, y: 900 }]) {
      expect(point.x * view.zoom + view.x).toSatisfy((x: number) => x > 0 && x < 800);
      expect(point.y * view.zoom + view.y).toSatisfy((y: number) => y > 0 && y < 600);
    }
  });

  test('flowFor_longOnATallScreen_isDown_andOtherwiseRight', () => {
    const long = new Map(Array.from({ length: 8 }, (_, index) => [`${index}`, { x: index * 284, y: 0 }]));
    const high = new Map(Array.from({ length: 40 }, (_, index) => [`${index}`, { x: 0, y: index * 68 }]));
    expect([flowFor(long, { width: 600, height: 900 }), flowFor(long, { width: 1600, height: 700 }), flowFor(high, { width: 600, height: 900 })]).toEqual(['down', 'right', 'right']);
  });

  test('projectAll_onAPhone_breaksColumnsIntoRowsThatFit', () => {
    const layout = new Map([['a', { x: 0, y: 50 }], ...Array.from({ length: 7 }, (_, index) => [`b${index}`, { x: 294, y: index * 68 }] as const), ['c', { x: 588, y: 0 }]]);
    expect(flowFor(layout, { width: 360, height: 480 })).toBe('rows');
    const shown = projectAll(layout, 'rows');
    const rows = new Map<number, string[]>();
    for (const [key, { y }] of shown) rows.set(y, [...rows.get(y) ?? [], key]);
    expect([...rows].sort(([a], [b]) => a - b).map(([, keys]) => keys.join(' '))).toEqual(['a', 'b0 b1 b2', 'b3 b4 b5', 'b6', 'c']);
    const { zoom } = fit(shown.values(), { width: 360, height: 480 }, nodeWidth('rows'));
    expect(overflows('recommendations', labelScale(zoom, 'rows'), nodeWidth('rows'))).toBe(false);
  });

  test('zoomAt_thePointUnderThePointer_stays', () => {
    const before = { zoom: 0.8, x: 30, y: -20 };
    const after = zoomAt(before, 1.5, { x: 200, y: 100 });
    expect((200 - after.x) / after.zoom).toBeCloseTo((200 - before.x) / before.zoom);
  });

  test('overflows_longNameOnASmallDrawing_is', () => {
    expect([overflows('recommendations-service', 1.8, 190), overflows('recommendations', 1, 190), overflows('web', 2.15, 138)]).toEqual([true, false, false]);
  });

  test('pathOf_withALane_passesIt', () => {
    const path = pathOf({ x: 0, y: 0 }, { x: 536, y: 0 }, [{ x: 268, y: 50 }], 'right');
    expect(path.d).toContain(' 268 50C');
    expect(path.d.match(/M/g)).toHaveLength(1);
  });
});
