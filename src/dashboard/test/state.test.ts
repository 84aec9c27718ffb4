import { describe, expect, test } from 'vitest';
import { ApiError } from '../src/api/client';
import { backoff } from '../src/state/backoff';
import { LiveStore, type LiveEnvironment } from '../src/state/live';
import { reconcile } from '../src/state/reconcile';
import { SteadyOrder } from '../src/state/steady';
import { visibleRange } from '../src/state/useVisibleRows';

describe('reconcile', () => {
  test('reconcile_equalAnswer_isThePreviousObject', () => {
    const previous = { items: [{ namespace: 'a', kind: 'deployment', name: 'x', rps: 1, latencyMs: { p50: 1 } }] };
    expect(reconcile(previous, structuredClone(previous))).toBe(previous);
  });

  test('reconcile_oneRowChangedAndOneNew_keepsTheOthers', () => {
    const row = (name: string, rps: number) => ({ namespace: 'a', kind: 'deployment', name, rps });
    const previous = { items: [row('x', 1), row('y', 2)] };
    const next = reconcile(previous, { items: [row('new', 0), row('x', 1), row('y', 3)] });
    expect(next.items.map(item => item.name)).toEqual(['new', 'x', 'y']);
    expect(next.items[1]).toBe(previous.items[0]);
    expect(next.items[2]).not.toBe(previous.items[1]);
  });

  test('reconcile_fieldGone_isGone', () => {
    expect(reconcile({ a: 1, b: 2 }, { a: 1 } as object)).toEqual({ a: 1 });
  });
});

test('backoff_grows_isJittered_andBounded', () => {
  expect([1, 2, 3, 10].map(failures => backoff(failures, () => 1))).toEqual([500, 1000, 2000, 10_000]);
  expect(backoff(1, () => 0)).toBe(250);
});

test('steadyOrder_youngOrHeld_keepsRowsWhereTheyAre', () => {
  const order = new SteadyOrder();
  const sort = (values: Record<string, number>, now: number, held = false) =>
    order.apply(Object.entries(values), ([key]) => key, '', ([, a], [, b]) => b - a, now, held).map(([key]) => key).join('');
  expect(sort({ a: 1, b: 2 }, 0)).toBe('ba');
  expect(sort({ a: 3, b: 2 }, 1000)).toBe('ba');
  expect(sort({ a: 3, b: 2 }, 9000, true)).toBe('ba');
  expect(sort({ a: 3, b: 2 }, 9000)).toBe('ab');
  expect(sort({ a: 3, b: 2, c: 9 }, 9001, true)).toBe('cab');
});

test('visibleRange_longTable_isWhatIsOnTheScreen', () => {
  expect(visibleRange(100, 900, 38, 50)).toEqual({ first: 0, end: 50 });
  expect(visibleRange(100, 900, 38, 1000)).toEqual({ first: 0, end: 34 });
  expect(visibleRange(-3800, 900, 38, 1000)).toEqual({ first: 88, end: 136 });
  expect(visibleRange(-1e6, 900, 38, 1000)).toEqual({ first: 1000, end: 1000 });
});

class FakeSource extends EventTarget {
  closed = false;
  constructor(readonly url: string) { super(); }
  close() { this.closed = true; }
  say(type: string, data: unknown) { this.dispatchEvent(new MessageEvent(type, { data: JSON.stringify(data) })); }
}

function setUp() {
  const opened: FakeSource[] = [];
  const timers = new Map<() => void, number>();
  const silences = new Set<() => void>();
  const it = { hidden: false, now: 0, probe: () => Promise.resolve<unknown>({}) };
  const environment: LiveEnvironment = {
    open: url => {
      const source = new FakeSource(url);
      opened.push(source);
      return source as unknown as EventSource;
    },
    probe: () => it.probe(),
    now: () => it.now,
    random: () => 1,
    hidden: () => it.hidden,
    later: (action, milliseconds) => {
      timers.set(action, milliseconds);
      return () => timers.delete(action);
    },
    silence: action => {
      silences.add(action);
      return () => silences.delete(action);
    },
  };
  const run = () => [...timers.keys()].forEach(action => {
    timers.delete(action);
    action();
  });
  return { store: new LiveStore(environment), opened, timers, silences, run, it };
}

describe('LiveStore', () => {
  test('subscribe_severalQuestions_oneStreamAsksThem', () => {
    const { store, opened, run } = setUp();
    store.subscribe('stat/deployments?window=30s', () => {});
    store.subscribe('edges', () => {});
    run();
    expect(opened.map(source => source.url)).toEqual(['/api/stream?q=edges&q=stat%2Fdeployments%3Fwindow%3D30s']);
    opened[0]!.say('update', { q: 1, body: { items: [] } });
    expect(store.read('stat/deployments?window=30s').data).toEqual({ items: [] });
    expect(store.read('edges').data).toBeUndefined();
  });

  test('unsubscribe_beforeTheStreamOpens_asksOnlyWhatIsLeft', () => {
    const { store, opened, run } = setUp();
    const leave = store.subscribe('a', () => {});
    store.subscribe('b', () => {});
    leave();
    run();
    expect(opened.map(source => source.url)).toEqual(['/api/stream?q=b']);
  });

  test('error_keepsTheData_saysSinceWhenItIsStale_andComesBack', () => {
    const { store, opened, timers, run, it } = setUp();
    store.subscribe('a', () => {});
    run();
    opened[0]!.dispatchEvent(new Event('open'));
    opened[0]!.say('update', { q: 0, body: 1 });
    it.now = 5000;
    opened[0]!.dispatchEvent(new Event('error'));
    expect(store.state).toEqual({ kind: 'stale', since: 5000 });
    expect(store.read('a').data).toBe(1);
    expect([...timers.values()]).toEqual([500]);
    it.now = 9000;
    run();
    opened[1]!.dispatchEvent(new Event('error'));
    expect(store.state.since).toBe(5000);
    expect([...timers.values()]).toEqual([1000]);
    run();
    opened[2]!.dispatchEvent(new Event('open'));
    expect(store.state.kind).toBe('live');
  });

  test('silentServer_isStaleSinceItWasLastHeard_andAskedAgain', () => {
    const { store, opened, timers, silences, run, it } = setUp();
    store.subscribe('a', () => {});
    run();
    opened[0]!.dispatchEvent(new Event('open'));
    it.now = 1000;
    opened[0]!.say('beat', {});
    expect(silences.size).toBe(1);
    it.now = 36_000;
    [...silences][0]!();
    expect(store.state).toEqual({ kind: 'stale', since: 1000 });
    expect(opened[0]!.closed).toBe(true);
    expect([...timers.values()]).toEqual([500]);
    run();
    expect(opened).toHaveLength(2);
    opened[1]!.dispatchEvent(new Event('open'));
    expect(store.state.kind).toBe('live');
  });

  test('hiddenTab_closesTheStream_andShownOpensIt', () => {
    const { store, opened, run, it } = setUp();
    store.subscribe('a', () => {});
    run();
    it.hidden = true;
    store.visibilityChanged();
    expect([opened[0]!.closed, store.state.kind]).toEqual([true, 'paused']);
    it.hidden = false;
    store.visibilityChanged();
    run();
    expect(opened).toHaveLength(2);
  });

  test('refusedQuestion_isAnErrorOfThatQuestionAlone', () => {
    const { store, opened, run } = setUp();
    store.subscribe('a', () => {});
    store.subscribe('b', () => {});
    run();
    opened[0]!.say('error', { q: 0, code: 400, message: 'no' });
    expect(store.read('a').error).toEqual(new ApiError(400, 'no'));
    expect(store.read('b').error).toBeUndefined();
  });

  test('endedSession_isToldAndNotTriedAgain', async () => {
    const { store, opened, run, it } = setUp();
    it.probe = () => Promise.reject(new ApiError(401, 'ended'));
    store.subscribe('a', () => {});
    run();
    opened[0]!.dispatchEvent(new Event('error'));
    await Promise.resolve();
    await Promise.resolve();
    expect(store.ended?.message).toBe('ended');
    run();
    expect(opened).toHaveLength(1);
  });
});
