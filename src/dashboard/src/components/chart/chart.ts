/** One line of a chart. `token` names its colour, a custom property of the style sheet. */
export interface Line { label: string; token: string; values: readonly (number | null)[]; dashed?: boolean; fill?: boolean }

/** Something that happened at a time, drawn as a dot that can be clicked. */
export interface Mark { time: number; value: number; bad: boolean; open(): void }

export interface ChartProps {
  title: string;
  /** Seconds since 1970, of each value. */
  times: readonly number[];
  lines: readonly Line[];
  marks?: readonly Mark[];
  format(value: number): string;
  /** Shorter, for the axis. */
  tick?(value: number): string;
  /** Smallest and largest value of the axis; what is null follows the data. */
  bounds?: readonly [number | null, number | null];
  /** The user has brushed a time. */
  onZoom(from: number, to: number): void;
}
