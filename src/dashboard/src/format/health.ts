import type { Golden } from '../api/types';

export type Health = 'ok' | 'warn' | 'bad' | 'idle';

/** Below these shares of successes a thing is failing, or degraded. */
const BAD = 0.95;
const WARN = 0.985;

/** Standard deviations that a verdict must be away from chance: 95 % of all cases. */
const CERTAINTY = 1.96;

/**
 * What a success rate says. One failure among few requests says little, so it is judged by the best rate that the count is
 * compatible with (the upper end of the Wilson interval).
 */
export function health(success: number | null | undefined, requests = Number.POSITIVE_INFINITY): Health {
  if (success === null || success === undefined) return 'idle';
  const best = highest(success, requests);
  return best < BAD ? 'bad' : best < WARN ? 'warn' : 'ok';
}

function highest(share: number, count: number): number {
  if (!Number.isFinite(count) || count <= 0) return share;
  const z = CERTAINTY ** 2 / count;
  return (share + z / 2 + CERTAINTY * Math.sqrt((share * (1 - share)) / count + z / (4 * count))) / (1 + z);
}

/** Orders the worst first: least successful, then slowest, then busiest; what is idle comes last. */
export function worstFirst(a: Golden, b: Golden): number {
  const rank = (row: Golden) => ['bad', 'warn', 'ok', 'idle'].indexOf(health(row.success, row.requests));
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  // A tenth of a per cent is no difference to act on, and would only make rows dance.
  const fine = (row: Golden) => Math.round((row.success ?? 1) * 1000);
  if (fine(a) !== fine(b)) return fine(a) - fine(b);
  const slow = (row: Golden) => Math.round(Math.log2(Math.max(row.latencyMs?.p99 ?? 0, 0.001)) * 2);
  return slow(b) - slow(a) || Math.round(b.rps - a.rps);
}
