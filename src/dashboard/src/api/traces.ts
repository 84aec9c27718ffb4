/** The lists `traces` and `traces/{id}` of the insight API. */
export interface TraceService { namespace: string; name: string; spans: number; errors: number }

export interface TraceSummary {
  traceId: string;
  namespace: string | null;
  service: string | null;
  name: string;
  startMicros: number;
  durationMicros: number;
  status: number | null;
  error: boolean;
  spans: number;
  errors: number;
  complete: boolean;
  /** Where it began to fail. */
  failed?: { namespace: string | null; service: string | null; name: string; status: number | null; message: string } | null;
  kept: 'sampled' | 'error' | 'slow' | 'application' | string;
  services: TraceService[];
}

export interface TraceList {
  items: TraceSummary[];
  more: boolean;
  stored?: { traces: number; spans: number; bytes: number; oldestMicros: number | null };
  dropped?: Record<string, number>;
}

export interface Span {
  spanId: string;
  parentId: string | null;
  depth: number;
  kind: string;
  source: 'outbound' | 'inbound' | 'application' | string;
  namespace: string | null;
  service: string | null;
  workload: string | null;
  pod: string | null;
  name: string;
  startMicros: number;
  durationMicros: number;
  error: boolean;
  message: string;
  attributes: Record<string, unknown>;
  events: { timeMicros: number; name: string; attributes: Record<string, unknown> }[];
}

export interface Trace extends Omit<TraceSummary, 'spans'> { spans: Span[] }
