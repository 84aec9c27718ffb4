/** The lists `endpoints` and `effective` of the insight API. */
export interface Client { namespace: string; pod: string; workload: string | null }

export interface EndpointSight {
  client: Client;
  backend: string;
  ejected: boolean;
  ejectedUntil: string | null;
  ejectedBecause: string | null;
  checkError: string | null;
  requests: number;
  successes: number;
  connectFailures: number;
  lastError: string | null;
  lastErrorAt: string | null;
}

export interface Endpoint {
  address: string;
  servicePort: number;
  pod: string | null;
  workload: string | null;
  version: string | null;
  subsets: string[];
  zone: string | null;
  ready: boolean;
  notReadyBecause: string | null;
  meshed: boolean;
  identity: string | null;
  certificate: { notAfter: string | null; issued: string | null; error: string | null } | null;
  summary: string;
  clients: number;
  ejectedBy: number;
  failsChecksOf: number;
  seenBy: EndpointSight[];
}

export interface LimitUse { limit: number | null; used: number; refused: number }
export interface BackendLimits { client: Client; backend: string; connections: LimitUse; pending: LimitUse; requests: LimitUse; retries: LimitUse }
export interface EndpointList { items: Endpoint[]; limits: BackendLimits[]; leftOut: number }

export interface ObjectRef { kind: string; namespace: string; name: string }
export interface Finding { severity: string; field: string | null; message: string }

export interface EffectiveRoute {
  name: string | null;
  object: ObjectRef | null;
  matches: string;
  answer: string | null;
  backends: { backend: string; weight: number; share: number }[];
  mirrors: { backend: string; share: number }[];
  timeouts: Record<string, number | null> | null;
  retries: { limit: number; perTryTimeoutMs: number | null; on: string[]; statusCodes: number[]; anyMethod: boolean } | null;
  fault: { delayMs: number | null; delayShare: number | null; abortStatus: number | null; abortGrpcStatus: number | null; abortShare: number | null } | null;
  rateLimit: { requestsPerSecond: number; burst: number } | null;
  changes: string[];
}

export interface EffectiveBackend {
  name: string;
  subset: string | null;
  endpoints: number;
  meshed: number;
  protocol: string;
  mtls: string | null;
  loadBalancer: { policy: string; hash: string | null } | null;
  connectionPool: Record<string, number | null> | null;
  outlierDetection: Record<string, number | null> | null;
  failureAccrual: Record<string, unknown> | null;
  healthCheck: Record<string, unknown> | null;
}

export interface Effective {
  ports: { port: number; name: string | null; protocol: string; routes: EffectiveRoute[]; connectionRoutes: { name: string; serverNames: string[]; backends: { backend: string; share: number }[] }[]; namedRoutes: string[]; retryBudget: Record<string, number> | null }[];
  backends: EffectiveBackend[];
  decisions: { object: ObjectRef; rule: string | null; ports: number[]; applied: boolean; why: string }[];
  warnings: (Finding & { object: ObjectRef | null })[];
}
