import { useCallback, useSyncExternalStore } from 'react';
import { ApiError, inNamespace, insight, withQuery } from '../api/client';
import type { HistoryList, HistoryPoint } from '../api/types';
import { wholePoints } from '../components/chart/align';

/** Seconds that a sparkline shows. */
export const SPARK_SPAN = 450;

const STEP = 10;
const CONCURRENT = 4;
const EVERY = 10_000;

/** Milliseconds in which rows that come together are gathered. */
const SETTLE = 40;

/** Histories that are kept although nobody looks at them, for when they are scrolled back into view. */
const KEPT = 400;

interface Wanted { namespace: string; name: string; listeners: Set<() => void>; points: readonly HistoryPoint[] | undefined }

/** Short histories of the workloads on the screen, asked for together where the API allows it. */
export class Histories {
  private readonly wanted = new Map<string, Wanted>();
  /** Namespaces with more workloads than one answer holds. */
  private readonly large = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly kind: string, private readonly now: () => number = Date.now) {}

  read = (key: string): readonly HistoryPoint[] | undefined => this.wanted.get(key)?.points;

  want(namespace: string, name: string, listener: () => void): () => void {
    const key = `${namespace}/${name}`;
    let entry = this.wanted.get(key);
    if (!entry) this.wanted.set(key, entry = { namespace, name, listeners: new Set(), points: undefined });
    entry.listeners.add(listener);
    if (entry.points === undefined || this.timer === undefined) this.schedule(SETTLE);
    return () => {
      entry.listeners.delete(listener);
    };
  }

  private forget(): void {
    for (const [key, entry] of this.wanted) {
      if (this.wanted.size <= KEPT) return;
      if (entry.listeners.size === 0) this.wanted.delete(key);
    }
  }

  private schedule(milliseconds: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.refresh(), milliseconds);
  }

  private async refresh(): Promise<void> {
    const shown = [...this.wanted.values()].filter(entry => entry.listeners.size > 0);
    if (shown.length === 0) {
      this.timer = undefined;
      return;
    }
    this.forget();
    if (!document.hidden) {
      const spaces = new Map<string, Wanted[]>();
      for (const entry of shown) spaces.set(entry.namespace, [...spaces.get(entry.namespace) ?? [], entry]);
      for (const [namespace, entries] of spaces) {
        if (!(await this.loadNamespace(namespace, entries))) await this.loadEach(entries);
      }
    }
    this.schedule(EVERY);
  }

  private async loadNamespace(namespace: string, entries: Wanted[]): Promise<boolean> {
    if (this.large.has(namespace) || entries.length < 3) return false;
    try {
      this.take(await this.load(namespace, ''));
      return true;
    } catch (error) {
      if (error instanceof ApiError && error.status === 400) this.large.add(namespace);
      return !(error instanceof ApiError && error.status === 400);
    }
  }

  private async loadEach(entries: Wanted[]): Promise<void> {
    const queue = [...entries];
    const work = async () => {
      for (let entry = queue.shift(); entry; entry = queue.shift()) {
        // A history that cannot be read leaves its sparkline as it was; the page's own numbers say what is wrong.
        await this.load(entry.namespace, `/${encodeURIComponent(entry.name)}`).then(list => this.take(list), () => {});
      }
    };
    await Promise.all(Array.from({ length: CONCURRENT }, work));
  }

  private load(namespace: string, name: string): Promise<HistoryList> {
    // The slot that still fills would look like a dip.
    const end = Math.floor(this.now() / 1000 / STEP) * STEP;
    return insight<HistoryList>(withQuery(`${inNamespace(namespace)}history/${this.kind}${name}`, { start: end - SPARK_SPAN, end, step: `${STEP}s` }));
  }

  private take(list: HistoryList): void {
    for (const item of list.items) {
      const entry = this.wanted.get(`${item.namespace}/${item.name}`);
      if (!entry) continue;
      entry.points = wholePoints(list, item.points);
      for (const listener of entry.listeners) listener();
    }
  }
}

const stores = { deployments: new Histories('deployments'), services: new Histories('services') };

/** The last minutes of a workload or service, in steps of ten seconds. */
export function useSpark(kind: keyof typeof stores, namespace: string, name: string): readonly HistoryPoint[] | undefined {
  const subscribe = useCallback((listener: () => void) => stores[kind].want(namespace, name, listener), [kind, namespace, name]);
  return useSyncExternalStore(subscribe, () => stores[kind].read(`${namespace}/${name}`));
}
