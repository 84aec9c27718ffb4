import type { Edge } from '../../api/types';
import { health } from '../../format/health';

/** What one workload asks of one service, whichever pod answers, or nobody. */
export interface Call { key: string; from: Edge['source']; namespace: string; service: string; requests: number; rps: number; success: number }

/**
 * Calls that fail as their callers see them, those that fail most often first. Servers do not count what never reaches them: a fault that is
 * injected, an open circuit breaker, a route that leads nowhere.
 */
export function failingCalls(edges: readonly Edge[]): Call[] {
  const calls = new Map<string, Call>();
  for (const { source, destination: { namespace, service }, requests, rps, success } of edges) {
    if (!namespace || !service || success === null) continue;
    const key = `${source.namespace}/${source.workload ?? source.identity ?? ''}>${namespace}/${service}`;
    const call = calls.get(key) ?? { key, from: source, namespace, service, requests: 0, rps: 0, success: 0 };
    const all = call.requests + requests;
    calls.set(key, { ...call, requests: all, rps: call.rps + rps, success: all === 0 ? 0 : (call.success * call.requests + success * requests) / all });
  }
  return [...calls.values()].filter(call => health(call.success, call.requests) === 'bad').sort((a, b) => b.rps * (1 - b.success) - a.rps * (1 - a.success));
}
