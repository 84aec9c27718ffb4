import { useRef } from 'react';

/** Milliseconds for which an order is kept, so that rows can be read and clicked while numbers change. */
const HOLD = 3000;

/**
 * Sorts items, but keeps the last order while it is young or `held`, as long as the same items are there and the order asked for
 * is the same.
 */
export class SteadyOrder {
  private keys: string[] = [];
  private order = '';
  private at = Number.NEGATIVE_INFINITY;

  apply<T>(items: readonly T[], keyOf: (item: T) => string, order: string, compare: (a: T, b: T) => number, now: number, held: boolean): T[] {
    const byKey = new Map(items.map(item => [keyOf(item), item]));
    const known = order === this.order && this.keys.length === byKey.size && this.keys.every(key => byKey.has(key));
    if (!known || (!held && now - this.at >= HOLD)) {
      const sorted = [...byKey].sort(([keyA, a], [keyB, b]) => compare(a, b) || (keyA < keyB ? -1 : keyA > keyB ? 1 : 0));
      this.keys = sorted.map(([key]) => key);
      this.order = order;
      this.at = now;
    }
    return this.keys.map(key => byKey.get(key) as T);
  }
}

export function useSteadyOrder(): SteadyOrder {
  const order = useRef<SteadyOrder>(null);
  return (order.current ??= new SteadyOrder());
}
