import { ApiError, get } from '../api/client';
import { backoff } from './backoff';
import { reconcile } from './reconcile';

/** What is known of one question to the insight API. */
export interface Live<T> { data: T | undefined; error: ApiError | undefined }

/** `live`: the stream is open. `stale`: it broke at `since`. `paused`: the tab is hidden. */
export interface StreamState { kind: 'idle' | 'connecting' | 'live' | 'stale' | 'paused'; since: number }

interface Entry { listeners: Set<() => void>; value: Live<unknown> }

/** What the store needs of the browser; tests bring their own. */
export interface LiveEnvironment {
  open(url: string): EventSource;
  probe(): Promise<unknown>;
  now(): number;
  random(): number;
  hidden(): boolean;
  later(action: () => void, milliseconds: number): () => void;
  /** As `later`, for the end of patience with a silent server. */
  silence(action: () => void, milliseconds: number): () => void;
}

const EMPTY: Live<never> = { data: undefined, error: undefined };

/** Milliseconds in which changes of what is asked are gathered into one new stream. */
const SETTLE = 30;

/** Milliseconds without a word after which a stream is given up: two beats of the server, and some more. */
const SILENCE = 35_000;

/** Every live question of the page over one stream of server-sent events. */
export class LiveStore {
  private readonly entries = new Map<string, Entry>();
  private readonly watchers = new Set<() => void>();
  private source: EventSource | undefined;
  private asked: string[] = [];
  private failures = 0;
  private cancel: (() => void) | undefined;
  private heard = 0;
  private stopListening: (() => void) | undefined;
  private status: StreamState = { kind: 'idle', since: 0 };
  private gone: ApiError | undefined;

  constructor(private readonly environment: LiveEnvironment) {}

  get state(): StreamState { return this.status; }

  /** Set when the session ended, after which nothing answers any more. */
  get ended(): ApiError | undefined { return this.gone; }

  watch = (listener: () => void): (() => void) => {
    this.watchers.add(listener);
    return () => this.watchers.delete(listener);
  };

  read<T>(question: string): Live<T> {
    return (this.entries.get(question)?.value ?? EMPTY) as Live<T>;
  }

  subscribe(question: string, listener: () => void): () => void {
    let entry = this.entries.get(question);
    if (!entry) this.entries.set(question, entry = { listeners: new Set(), value: EMPTY });
    entry.listeners.add(listener);
    this.schedule(SETTLE);
    return () => {
      entry.listeners.delete(listener);
      this.schedule(SETTLE);
    };
  }

  /** Called when the tab is shown or hidden. */
  visibilityChanged = (): void => {
    if (this.environment.hidden()) {
      this.close();
      this.set('paused');
    } else if (this.source === undefined) {
      this.failures = 0;
      this.schedule(0);
    }
  };

  private schedule(milliseconds: number): void {
    this.cancel?.();
    this.cancel = this.environment.later(() => this.connect(), milliseconds);
  }

  private connect(): void {
    this.cancel = undefined;
    if (this.environment.hidden() || this.gone) return;
    this.forget();
    const wanted = [...this.entries].filter(([, entry]) => entry.listeners.size > 0).map(([question]) => question).sort();
    if (this.source && wanted.join('\n') === this.asked.join('\n')) return;
    this.close();
    this.asked = wanted;
    if (wanted.length === 0) return this.set('idle');
    if (this.status.kind !== 'stale') this.set('connecting');
    const source = this.environment.open(`/api/stream?${wanted.map(question => `q=${encodeURIComponent(question)}`).join('&')}`);
    this.source = source;
    this.listen(source);
    source.addEventListener('beat', () => this.listen(source));
    source.addEventListener('open', () => this.opened(source));
    source.addEventListener('update', event => this.update(source, event));
    source.addEventListener('error', event => (event instanceof MessageEvent ? this.refused(source, event) : this.broke(source)));
  }

  /** A connection can outlive a server that stands still, or a machine that slept: then nothing breaks, and nothing comes. */
  private listen(source: EventSource): void {
    if (source !== this.source) return;
    this.stopListening?.();
    this.heard = this.environment.now();
    this.stopListening = this.environment.silence(() => this.broke(source, this.heard), SILENCE);
  }

  private opened(source: EventSource): void {
    if (source !== this.source) return;
    this.listen(source);
    this.failures = 0;
    this.set('live');
  }

  private update(source: EventSource, event: MessageEvent<string>): void {
    if (source !== this.source) return;
    this.listen(source);
    const { q, body } = JSON.parse(event.data) as { q: number; body: unknown };
    this.put(this.asked[q], previous => ({ data: reconcile(previous.data, body), error: undefined }));
  }

  private refused(source: EventSource, event: MessageEvent<string>): void {
    if (source !== this.source) return;
    this.listen(source);
    const { q, code, message } = JSON.parse(event.data) as { q: number; code: number; message: string };
    this.put(this.asked[q], previous => ({ data: code === 404 ? undefined : previous.data, error: new ApiError(code, message) }));
  }

  private broke(source: EventSource, since = this.environment.now()): void {
    if (source !== this.source) return;
    this.close();
    this.failures++;
    if (this.status.kind !== 'stale') this.set('stale', since);
    this.schedule(backoff(this.failures, this.environment.random));
    // An EventSource does not say why it failed; an ordinary request does.
    this.environment.probe().catch((error: unknown) => {
      if (!(error instanceof ApiError) || error.status !== 401) return;
      this.gone = error;
      this.notify();
    });
  }

  private put(question: string | undefined, change: (previous: Live<unknown>) => Live<unknown>): void {
    const entry = question === undefined ? undefined : this.entries.get(question);
    if (!entry) return;
    const next = change(entry.value);
    if (next.data === entry.value.data && next.error === entry.value.error) return;
    entry.value = next;
    for (const listener of entry.listeners) listener();
  }

  /** Answers that no one has asked for since the last stream are not kept. */
  private forget(): void {
    for (const [question, entry] of this.entries) {
      if (entry.listeners.size === 0 && !this.asked.includes(question)) this.entries.delete(question);
    }
  }

  private close(): void {
    this.stopListening?.();
    this.source?.close();
    this.source = undefined;
  }

  private set(kind: StreamState['kind'], since = this.environment.now()): void {
    if (this.status.kind === kind) return;
    this.status = { kind, since };
    this.notify();
  }

  private notify(): void {
    for (const watcher of this.watchers) watcher();
  }
}

function later(action: () => void, milliseconds: number): () => void {
  const timer = setTimeout(action, milliseconds);
  return () => clearTimeout(timer);
}

export const browser = (): LiveEnvironment => ({
  open: url => new EventSource(url),
  probe: () => get('/api/session'),
  now: () => Date.now(),
  random: Math.random,
  hidden: () => document.hidden,
  later,
  silence: later,
});
