import type { Golden } from '../api/types';

export type Health = 'ok' | 'warn' | 'bad' | 'idle';

/** Below this share of successes a thing is at fault, as the alert rules have it. */
const BAD = 0.95;
const WARN = 0.995;

export function health(success: number | null | undefined): Health {
  if (success === null || success === undefined) return 'idle';
  return success < BAD ? 'bad' : success < WARN ? 'warn' : 'ok';
}

/** Orders the worst first: least successful, then slowest, then busiest; what is idle comes last. */
export function worstFirst(a: Golden, b: Golden): number {
  const rank = (row: Golden) => (row.success === null ? 2 : 0);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  // A tenth of a per cent is no difference to act on, and would only make rows dance.
  const fine = (row: Golden) => Math.round((row.success ?? 1) * 1000);
  if (fine(a) !== fine(b)) return fine(a) - fine(b);
  const slow = (row: Golden) => Math.round(Math.log2(Math.max(row.latencyMs?.p99 ?? 0, 0.001)) * 2);
  return slow(b) - slow(a) || Math.round(b.rps - a.rps);
}
