import { useCallback, useSyncExternalStore } from 'react';
import { formatPlace, parsePlace, placeWith, type Place } from './location';

const listeners = new Set<() => void>();
let current = read();

function read(): Place {
  return parsePlace(window.location.pathname, window.location.search);
}

function moved(): void {
  current = read();
  for (const listener of listeners) listener();
}

window.addEventListener('popstate', moved);

/** Goes to a place: a new entry of the browser's history, or in the place of the current one. */
export function go(place: Place, how: 'push' | 'replace' = 'push'): void {
  const address = formatPlace(place);
  if (address === window.location.pathname + window.location.search) return;
  window.history[how === 'push' ? 'pushState' : 'replaceState'](null, '', address);
  const leaves = place.page !== current.page;
  moved();
  if (leaves) window.scrollTo(0, 0);
}

export const here = (): Place => current;

export function usePlace(): Place {
  return useSyncExternalStore(subscribe, here);
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** One parameter of the address. Choices make a history entry; typed text (`replace`) does not. */
export function useParam(name: string, initial = '', how: 'push' | 'replace' = 'push'): [string, (value: string) => void] {
  const value = useSyncExternalStore(subscribe, () => current.params[name] ?? initial);
  const set = useCallback((next: string) => go(placeWith(current, { [name]: next === initial ? null : next }), how), [name, initial, how]);
  return [value, set];
}
