const FIRST = 500;
const LONGEST = 10_000;

/** Milliseconds to wait before the attempt after `failures` failed ones: doubled each time, jittered so that tabs do not march in step. */
export function backoff(failures: number, random: () => number): number {
  const whole = Math.min(LONGEST, FIRST * 2 ** Math.max(0, failures - 1));
  return Math.round(whole * (0.5 + random() / 2));
}
