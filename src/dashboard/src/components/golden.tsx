import type { Golden } from '../api/types';
import { latency, percent, rate } from '../format/numbers';
import type { Column } from './DataTable';
import { Success } from './Success';
import { Whisker } from './Whisker';

const orLast = (value: number | null | undefined): number => value ?? -1;

/** The columns that every list of traffic has. */
export const GOLDEN: readonly Column<Golden>[] = [
  { key: 'success', title: 'Success', numeric: true, cell: row => <Success share={row.success} requests={row.requests} />, compare: (a, b) => (a.success ?? 2) - (b.success ?? 2) },
  { key: 'rps', title: 'RPS', numeric: true, descending: true, cell: row => rate(row.rps), compare: (a, b) => a.rps - b.rps },
  { key: 'p50', title: 'P50', numeric: true, spare: 1, descending: true, cell: row => latency(row.latencyMs?.p50), compare: (a, b) => orLast(a.latencyMs?.p50) - orLast(b.latencyMs?.p50) },
  { key: 'p95', title: 'P95', numeric: true, spare: 2, descending: true, cell: row => latency(row.latencyMs?.p95), compare: (a, b) => orLast(a.latencyMs?.p95) - orLast(b.latencyMs?.p95) },
  { key: 'p99', title: 'P99', numeric: true, descending: true, cell: row => latency(row.latencyMs?.p99), compare: (a, b) => orLast(a.latencyMs?.p99) - orLast(b.latencyMs?.p99) },
  { key: 'spread', title: 'Spread', spare: 3, cell: row => <Whisker value={row.latencyMs} /> },
];

/** `GOLDEN` for rows of a more particular type. */
export const golden = <T extends Golden>(): readonly Column<T>[] => GOLDEN;

/** One line of a thing's numbers, for summaries and hints. */
export const goldenText = (row: Golden): string =>
  `${percent(row.success)} · ${rate(row.rps)} rps · p50 ${latency(row.latencyMs?.p50)} · p95 ${latency(row.latencyMs?.p95)} · p99 ${latency(row.latencyMs?.p99)}`;
