import { useCallback, useSyncExternalStore } from 'react';
import { LiveStore, browser, type Live, type StreamState } from './live';

export const store = new LiveStore(browser());

document.addEventListener('visibilitychange', store.visibilityChanged);

const NOTHING: Live<never> = { data: undefined, error: undefined };

/** The answer to a question of the insight API, kept up to date; nothing while `question` is null. */
export function useLive<T>(question: string | null): Live<T> {
  const subscribe = useCallback((listener: () => void) => (question === null ? () => {} : store.subscribe(question, listener)), [question]);
  return useSyncExternalStore(subscribe, () => (question === null ? NOTHING : store.read<T>(question)));
}

export const useStream = (): StreamState => useSyncExternalStore(store.watch, () => store.state);

export const useSessionEnded = () => useSyncExternalStore(store.watch, () => store.ended);
