/** A request that the server answered with an error, or did not answer at all (status 0). */
export class ApiError extends Error {
  constructor(readonly status: number, message: string, readonly reason = '') {
    super(message);
  }
}

/** An answer with the warnings that admission attached to it. */
export interface Answer<T> { body: T; warnings: string[] }

export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Answer<T>> {
  const init: RequestInit = { method, credentials: 'same-origin', headers: { Accept: 'application/json' } };
  if (signal) init.signal = signal;
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { Accept: 'application/json', 'Content-Type': 'application/json' };
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new ApiError(0, 'The control plane does not answer. Is it running? `tulle check` says more.');
  }
  if (!response.ok) throw await errorOf(response);
  const text = await response.text();
  return { body: (text === '' ? {} : JSON.parse(text)) as T, warnings: warningsOf(response.headers.get('warning')) };
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await request<T>('GET', path, undefined, signal)).body;
}

export const insight = <T>(path: string, signal?: AbortSignal): Promise<T> => get<T>(`/api/insight/${path}`, signal);

/** The texts of a Warning header: `299 - "text", 299 - "text"`. */
export function warningsOf(header: string | null): string[] {
  if (!header) return [];
  return [...header.matchAll(/\d{3} \S+ "((?:[^"\\]|\\.)*)"/g)].map(match => (match[1] ?? '').replace(/\\(.)/g, '$1'));
}

export async function errorOf(response: Response): Promise<ApiError> {
  const text = await response.text().catch(() => '');
  try {
    const status = JSON.parse(text) as { message?: string; reason?: string };
    if (status.message) return new ApiError(response.status, status.message, status.reason ?? '');
  } catch {
    // Not a Kubernetes Status; its text is what there is to say.
  }
  if (response.status === 401) return new ApiError(401, 'This link is no longer valid. Run `tulle dashboard` for a new one.');
  const plain = text.startsWith('<') ? '' : text.trim().slice(0, 300);
  return new ApiError(response.status, plain || `The control plane answered ${response.status} ${response.statusText}`.trim());
}

/** `a?x=1&y=2` of the parameters that have a value. */
export function withQuery(path: string, parameters: Record<string, string | number | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined && value !== '') query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** `namespaces/x/` or nothing for all of them. */
export const inNamespace = (namespace: string): string => (namespace === '' ? '' : `namespaces/${encodeURIComponent(namespace)}/`);
