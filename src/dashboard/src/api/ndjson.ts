import { ApiError, errorOf } from './client';

/** Splits text that comes in pieces into lines. */
export class Lines {
  private rest = '';

  push(piece: string): string[] {
    const lines = (this.rest + piece).split('\n');
    this.rest = lines.pop() ?? '';
    return lines.filter(line => line.trim() !== '');
  }
}

/** Reads objects, one a line, for as long as the server sends them or until `signal`. */
export async function readLines<T>(path: string, signal: AbortSignal, opened: () => void, take: (items: T[]) => void): Promise<void> {
  const response = await fetch(path, { signal, credentials: 'same-origin' }).catch((error: unknown) => {
    if (signal.aborted) throw error;
    throw new ApiError(0, 'The control plane does not answer. Is it running? `tulle check` says more.');
  });
  if (!response.ok || !response.body) throw await errorOf(response);
  opened();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const lines = new Lines();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const items = lines.push(value).flatMap(line => parse<T>(line));
    if (items.length > 0) take(items);
  }
}

function parse<T>(line: string): T[] {
  try {
    return [JSON.parse(line) as T];
  } catch {
    // A line that a closing connection cut off.
    return [];
  }
}
