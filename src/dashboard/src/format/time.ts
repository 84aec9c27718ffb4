const UNITS: [string, number][] = [['y', 365 * 86400], ['d', 86400], ['h', 3600], ['m', 60], ['s', 1]];

/** Seconds as the two largest units: `9y 12d`, `3d 4h`, `12m 5s`, `8s`. */
export function duration(seconds: number): string {
  let rest = Math.max(0, Math.round(seconds));
  const parts: string[] = [];
  for (const [unit, size] of UNITS) {
    const whole = Math.floor(rest / size);
    rest -= whole * size;
    if (whole > 0) parts.push(`${whole}${unit}`);
    else if (parts.length > 0) break;
    if (parts.length === 2) break;
  }
  return parts.join(' ') || '0s';
}

/** Time between then and now; the future reads `in 3h`. */
export function since(then: string | number, now: number): string {
  const at = typeof then === 'number' ? then : Date.parse(then);
  if (Number.isNaN(at)) return '–';
  const seconds = (now - at) / 1000;
  return seconds < -1 ? `in ${duration(-seconds)}` : `${duration(seconds)} ago`;
}

/** `30s`, `5m`, `1h`, `7d` in seconds; NaN for anything else. */
export function windowSeconds(text: string): number {
  const match = /^(\d+)(s|m|h|d)$/.exec(text);
  const unit = UNITS.find(([name]) => name === match?.[2]);
  return match && unit ? Number(match[1]) * unit[1] : Number.NaN;
}

/** Wall-clock time to the second. */
export const clock = (milliseconds: number): string => new Date(milliseconds).toLocaleTimeString('en-GB');

export const dateTime = (milliseconds: number): string =>
  new Date(milliseconds).toLocaleString('en-GB', { dateStyle: 'medium', timeStyle: 'medium' });
