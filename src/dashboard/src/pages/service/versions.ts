import type { Edge, StatRow } from '../../api/types';

/** One of the workloads that serve a service. */
export interface Version { namespace: string; workload: string; name: string; share: number; stat: StatRow | undefined }

/** The workloads that requests to a service reach, with the share that each got as its callers counted it. */
export function versionsOf(namespace: string, service: string, edges: readonly Edge[], stats: readonly StatRow[], known: readonly string[]): Version[] {
  const requests = new Map<string, number>(known.map(workload => [`${namespace}/${workload}`, 0]));
  for (const { destination, requests: count } of edges) {
    if (destination.service !== service || destination.namespace !== namespace || !destination.workload) continue;
    const key = `${destination.namespace}/${destination.workload}`;
    requests.set(key, (requests.get(key) ?? 0) + count);
  }
  const all = [...requests.values()].reduce((sum, count) => sum + count, 0);
  const rows = new Map(stats.map(row => [`${row.namespace}/${row.kind}/${row.name}`, row]));
  return [...requests].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, count]) => {
    const [space = '', kind = '', name = ''] = key.split('/');
    return { namespace: space, workload: `${kind}/${name}`, name, share: all === 0 ? 0 : count / all, stat: rows.get(key) };
  });
}
