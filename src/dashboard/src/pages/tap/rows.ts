import type { TapEvent, TapLoss } from '../../api/types';

/** A request with its response and its end, as far as they have come. */
export interface TapRow { key: string; at: number; request: TapEvent; response: TapEvent | undefined; end: TapEvent | undefined }

/** Rows that are kept; the oldest go first. */
export const MOST_ROWS = 500;

/** Puts events together into requests, newest first, and never keeps more than `MOST_ROWS`. */
export class TapRows {
  private readonly rows = new Map<string, TapRow>();
  private counted = 0;
  private missed: TapLoss | null = null;
  private list: readonly TapRow[] = [];

  /** Requests seen since the start, kept or not. */
  get seen(): number { return this.counted; }

  /** What the tap itself left out; null when nothing. */
  get loss(): TapLoss | null { return this.missed; }

  get items(): readonly TapRow[] { return this.list; }

  clear(): void {
    this.rows.clear();
    this.list = [];
    this.counted = 0;
    this.missed = null;
  }

  add(events: readonly (TapEvent | TapLoss)[], now: number): void {
    for (const event of events) this.take(event, now);
    for (const key of this.rows.keys()) {
      if (this.rows.size <= MOST_ROWS) break;
      this.rows.delete(key);
    }
    this.list = [...this.rows.values()].reverse();
  }

  private take(event: TapEvent | TapLoss, now: number): void {
    if (event.type === 'loss') {
      this.missed = event;
      return;
    }
    const key = `${event.proxy} ${event.id}`;
    if (event.type === 'req') {
      this.counted++;
      // A stream's number may come again on a new connection.
      this.rows.delete(key);
      this.rows.set(key, { key, at: now, request: event, response: undefined, end: undefined });
      return;
    }
    const row = this.rows.get(key);
    if (row) this.rows.set(key, { ...row, [event.type === 'rsp' ? 'response' : 'end']: event });
  }
}

/** Whether the answer is a failure: of the mesh, of the application, or cut off. */
export function failed(row: TapRow): boolean {
  const grpc = Number(row.end?.trailers?.find(field => field.name === 'grpc-status')?.value ?? 0);
  return Boolean(row.response?.meshError || row.end?.resetError) || (row.response?.status ?? 0) >= 500 || grpc > 0;
}
