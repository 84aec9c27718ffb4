/**
 * Keeps the parts of `previous` that are equal to those of `next`, so that a component that shows an unchanged row is not
 * rendered again.
 */
export function reconcile<T>(previous: unknown, next: T, keyOf: (item: unknown) => string | null = identityOf): T {
  if (Object.is(previous, next)) return next;
  if (Array.isArray(previous) && Array.isArray(next)) return reconcileArray(previous, next, keyOf) as T;
  if (!isRecord(previous) || !isRecord(next)) return next;
  const keys = Object.keys(next);
  let same = keys.length === Object.keys(previous).length;
  const merged: Record<string, unknown> = {};
  for (const key of keys) {
    merged[key] = reconcile(previous[key], next[key], keyOf);
    same &&= Object.is(merged[key], previous[key]) && key in previous;
  }
  return (same ? previous : merged) as T;
}

function reconcileArray(previous: unknown[], next: unknown[], keyOf: (item: unknown) => string | null): unknown[] {
  const known = new Map<string, unknown>();
  for (const item of previous) {
    const key = keyOf(item);
    if (key !== null) known.set(key, item);
  }
  const merged = next.map((item, index) => {
    const key = keyOf(item);
    return reconcile(key === null ? previous[index] : known.get(key), item, keyOf);
  });
  const same = merged.length === previous.length && merged.every((item, index) => Object.is(item, previous[index]));
  return same ? previous : merged;
}

/** What tells one item of the API's lists from another. */
export function identityOf(item: unknown): string | null {
  if (!isRecord(item)) return null;
  if (isRecord(item.source) && isRecord(item.destination)) return `${endKey(item.source)}>${endKey(item.destination)}`;
  if (typeof item.service === 'string' && 'route' in item) return `${item.namespace}/${item.service}/${item.route}`;
  if (typeof item.pod === 'string') return `${item.namespace}/${item.pod}`;
  if (typeof item.name === 'string') return `${item.namespace}/${item.kind}/${item.name}`;
  return null;
}

const endKey = (end: Record<string, unknown>): string => `${end.namespace}/${end.workload}/${end.service}/${end.identity}`;

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
