import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../../api/client';
import { readLines } from '../../api/ndjson';
import type { TapEvent, TapLoss } from '../../api/types';
import { backoff } from '../../state/backoff';
import { TapRows, type TapRow } from './rows';

/** Milliseconds between two drawings of what came. */
const DRAW = 250;

export interface Tap { rows: readonly TapRow[]; seen: number; loss: TapLoss | null; state: 'idle' | 'connecting' | 'live' | 'paused'; error: ApiError | undefined; clear(): void }

/** Live requests from `path`; none while it is null or `paused`. What was seen stays. */
export function useTap(path: string | null, paused: boolean): Tap {
  const [rows] = useState(() => new TapRows());
  const [, draw] = useState(0);
  const [state, setState] = useState<Tap['state']>('idle');
  const [error, setError] = useState<ApiError>();
  const waiting = useRef<(TapEvent | TapLoss)[]>([]);

  useEffect(() => {
    rows.clear();
    waiting.current = [];
    draw(value => value + 1);
  }, [path, rows]);

  useEffect(() => {
    if (path === null || paused) {
      setState(path === null ? 'idle' : 'paused');
      return;
    }
    const abort = new AbortController();
    let failures = 0;
    let retry: ReturnType<typeof setTimeout> | undefined;
    const listen = () => {
      setState('connecting');
      const opened = () => {
        failures = 0;
        setState('live');
        setError(undefined);
      };
      readLines<TapEvent | TapLoss>(path, abort.signal, opened, events => waiting.current.push(...events)).then(() => again(undefined), again);
    };
    const again = (reason: unknown) => {
      if (abort.signal.aborted) return;
      if (reason instanceof ApiError) setError(reason);
      // A question that is refused is refused again.
      if (reason instanceof ApiError && reason.status >= 400 && reason.status < 500 && reason.status !== 429) return setState('idle');
      failures++;
      setState('connecting');
      retry = setTimeout(listen, backoff(failures, Math.random));
    };
    const timer = setInterval(() => {
      if (waiting.current.length === 0) return;
      rows.add(waiting.current.splice(0), Date.now());
      draw(value => value + 1);
    }, DRAW);
    setError(undefined);
    listen();
    return () => {
      abort.abort();
      clearTimeout(retry);
      clearInterval(timer);
    };
  }, [path, paused, rows]);

  const clear = () => {
    rows.clear();
    draw(value => value + 1);
  };
  return { rows: rows.items, seen: rows.seen, loss: rows.loss, state, error, clear };
}
