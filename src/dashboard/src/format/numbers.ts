/** A share as per cent, never rounded up to 100 % nor down to 0 % when it is not. */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined) return '–';
  const shown = Math.min(share < 1 ? 99.99 : 100, Math.max(share > 0 ? 0.01 : 0, share * 100));
  return `${shown.toFixed(2)}%`;
}

/** Requests per second. */
export function rate(rps: number): string {
  if (rps === 0) return '0';
  if (rps < 10) return rps.toFixed(rps < 0.1 ? 2 : 1);
  return rps < 10_000 ? Math.round(rps).toLocaleString('en') : `${compact(rps)}`;
}

/** Milliseconds with three significant digits: `850µs`, `12.4ms`, `1.25s`. */
export function latency(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return '–';
  if (milliseconds < 1) return `${Math.round(milliseconds * 1000)}µs`;
  if (milliseconds < 1000) return `${milliseconds.toFixed(milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0)}ms`;
  return `${(milliseconds / 1000).toFixed(milliseconds < 10_000 ? 2 : 1)}s`;
}

export function bytes(count: number | null | undefined): string {
  if (count === null || count === undefined) return '–';
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

export function count(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return value < 100_000 ? value.toLocaleString('en') : compact(value);
}

/** `1 span`, `3 spans`. */
export const plural = (number: number, noun: string): string => `${number.toLocaleString('en')} ${noun}${number === 1 ? '' : 's'}`;

const compact = (value: number): string =>
  value >= 1e9 ? `${(value / 1e9).toFixed(1)}G` : value >= 1e6 ? `${(value / 1e6).toFixed(1)}M` : `${(value / 1e3).toFixed(value < 1e5 ? 1 : 0)}k`;
