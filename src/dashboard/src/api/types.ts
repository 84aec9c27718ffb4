/** The answers of the insight API (docs/reference/insight-api.md). Fields may be added, so nothing here is exhaustive. */

export interface Latency { p50: number; p95: number; p99: number }

/** What every list of traffic says of a thing. */
export interface Golden {
  success: number | null;
  rps: number;
  latencyMs: Latency | null;
  requests: number;
  meshErrors: number;
}

export interface Traffic extends Golden {
  tcpConnections?: number;
  mtls?: number | null;
  bytesReceived?: number;
  bytesSent?: number;
}

export interface StatRow extends Traffic {
  namespace: string;
  kind: string;
  name: string;
  meshed: number;
  total: number;
}

export interface EdgeEnd {
  namespace: string | null;
  workload: string | null;
  service?: string | null;
  identity: string | null;
}

export interface Edge extends Traffic { source: EdgeEnd; destination: EdgeEnd }

/** What one workload asks of one service, as it sees it. */
export interface Call extends Traffic { source: EdgeEnd; namespace: string; service: string; health: 'healthy' | 'degraded' | 'failing' | null }

export interface RouteRow extends Golden { namespace: string; service: string; route: string | null }

export interface HistoryPoint extends Golden { time: number; bytesReceived?: number; bytesSent?: number }
export interface HistoryItem { namespace: string; kind: string; name: string; points: HistoryPoint[] }
export interface HistoryList { start: number; step: number; items: HistoryItem[]; completeUntil?: number; overflowed?: number }

export interface List<T> { items: T[] }

export interface ProxyRow {
  namespace: string;
  pod: string;
  proxyVersion: string;
  connectedAt: string;
  resources: { resource: string; sent: number; acknowledged: number; error?: string }[];
}

export interface TapHeader { name: string; value: string }
export interface TapPod { namespace: string; pod: string; workload: string | null }

/** A line of a tap that says what it left out. */
export interface TapLoss { type: 'loss'; events: number; requests: number }

export interface TapEvent {
  type: 'req' | 'rsp' | 'end';
  id: string;
  proxy: 'in' | 'out';
  src: string;
  dst: string;
  tls: boolean;
  peer?: string;
  method?: string;
  authority?: string;
  path?: string;
  status?: number;
  grpcStatus?: number;
  latencyMicros?: number;
  meshError?: string;
  durationMicros?: number;
  responseBytes?: number;
  resetError?: string;
  headers?: TapHeader[];
  trailers?: TapHeader[];
  source?: TapPod;
  destination?: TapPod;
}

export interface Session {
  mesh: string;
  version: string;
  trustDomain: string;
  local: boolean;
  namespaces: string[];
}
