import { useEffect, useState } from 'react';
import { ApiError, get } from '../api/client';
import { reconcile } from './reconcile';

export interface Polled<T> { data: T | undefined; error: ApiError | undefined; reload: () => void }

/**
 * What `path` answers, asked again every `every` milliseconds while the tab is shown, for answers that are too large or change too
 * slowly for the stream. `path` may be a function where a part of it is the time.
 */
export function usePolled<T>(key: string | null, every: number, path: () => string = () => key ?? ''): Polled<T> {
  const [state, setState] = useState<{ key: string | null; data: T | undefined; error: ApiError | undefined }>({ key, data: undefined, error: undefined });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (key === null) return;
    const abort = new AbortController();
    const load = async () => {
      if (document.hidden) return;
      try {
        const data = await get<T>(path(), abort.signal);
        setState(previous => ({ key, data: reconcile(previous.key === key ? previous.data : undefined, data), error: undefined }));
      } catch (error) {
        if (abort.signal.aborted) return;
        const known = error instanceof ApiError ? error : new ApiError(0, String(error));
        setState(previous => ({ key, data: previous.key === key ? previous.data : undefined, error: known }));
      }
    };
    void load();
    const timer = setInterval(() => void load(), every);
    const shown = () => void load();
    document.addEventListener('visibilitychange', shown);
    return () => {
      abort.abort();
      clearInterval(timer);
      document.removeEventListener('visibilitychange', shown);
    };
    // The path is a function of the key and of the time.
  }, [key, every, turn]);
  const current = state.key === key;
  return { data: current ? state.data : undefined, error: current ? state.error : undefined, reload: () => setTurn(value => value + 1) };
}
