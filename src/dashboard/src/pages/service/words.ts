import type { EffectiveBackend, EffectiveRoute } from '../../api/service';
import { latency, percent } from '../../format/numbers';

const share = (value: number): string => (value === 1 ? 'all' : percent(value).replace(/\.?0+%$/, '%'));

/** What a route does to requests beside sending them on, a phrase each. */
export function routeWords(route: EffectiveRoute): string[] {
  const words: string[] = [];
  const { timeouts, retries, fault, rateLimit } = route;
  for (const [name, text] of [['requestMs', 'whole request'], ['responseMs', 'response'], ['idleMs', 'idle'], ['streamMs', 'stream']] as const) {
    const limit = timeouts?.[name];
    if (limit !== null && limit !== undefined) words.push(`timeout ${latency(limit)} (${text})`);
  }
  if (retries) {
    const causes = [...retries.on, ...retries.statusCodes.map(String)].join(', ');
    words.push(`${retries.limit} ${retries.limit === 1 ? 'retry' : 'retries'}${causes ? ` on ${causes}` : ''}${retries.perTryTimeoutMs === null ? '' : `, ${latency(retries.perTryTimeoutMs)} each`}`);
  }
  if (fault?.delayMs) words.push(`delays ${share(fault.delayShare ?? 1)} by ${latency(fault.delayMs)}`);
  if (fault?.abortStatus) words.push(`aborts ${share(fault.abortShare ?? 1)} with ${fault.abortStatus}`);
  if (fault?.abortGrpcStatus) words.push(`aborts ${share(fault.abortShare ?? 1)} with gRPC status ${fault.abortGrpcStatus}`);
  if (rateLimit) words.push(`at most ${rateLimit.requestsPerSecond} requests/s, bursts of ${rateLimit.burst}`);
  for (const mirror of route.mirrors) words.push(`copies ${share(mirror.share)} to ${mirror.backend}`);
  return [...words, ...route.changes];
}

const POOL: Record<string, string> = {
  maxConnections: 'connections', maxPendingRequests: 'pending requests', maxRequests: 'requests', maxRequestsPerConnection: 'requests a connection',
  maxRetries: 'retries', maxConcurrentStreams: 'streams a connection',
};

/** A backend's policy, a phrase each. */
export function backendWords(backend: EffectiveBackend): string[] {
  const words: string[] = [];
  if (backend.loadBalancer) words.push(`balanced by ${backend.loadBalancer.policy}${backend.loadBalancer.hash ? ` on ${backend.loadBalancer.hash}` : ''}`);
  const limits = Object.entries(POOL).flatMap(([name, text]) => (backend.connectionPool?.[name] ? [`${backend.connectionPool[name]} ${text}`] : []));
  if (limits.length > 0) words.push(`at most ${limits.join(', ')}`);
  if (backend.connectionPool?.connectTimeoutMs) words.push(`connects within ${latency(backend.connectionPool.connectTimeoutMs)}`);
  const outlier = backend.outlierDetection;
  if (outlier) words.push(`ejects after ${outlier.consecutive5xx ?? outlier.consecutiveGatewayErrors ?? '?'} failures in a row for ${latency(outlier.baseEjectionMs ?? null)}, at most ${outlier.maxEjectionPercent ?? 10}% of it`);
  if (backend.failureAccrual) words.push('breaks circuits by failure accrual');
  if (backend.healthCheck) words.push(`checks ${String(backend.healthCheck.path ?? 'its health')} actively`);
  return words;
}
