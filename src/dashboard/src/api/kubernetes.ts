/** Objects of the Kubernetes API, as far as the dashboard reads them. */
export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  creationTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: { kind: string; name: string; uid: string }[];
  managedFields?: unknown;
}

export interface KubernetesObject { apiVersion: string; kind: string; metadata: ObjectMeta; spec?: Record<string, unknown>; status?: Record<string, unknown> }

export interface Pod extends KubernetesObject {
  status?: { phase?: string; podIP?: string; startTime?: string; conditions?: { type: string; status: string; message?: string }[]; containerStatuses?: { restartCount?: number }[] };
}

export interface KubernetesEvent extends KubernetesObject {
  type?: string;
  reason?: string;
  message?: string;
  count?: number;
  firstTimestamp?: string;
  lastTimestamp?: string;
  eventTime?: string;
  involvedObject?: { kind: string; name: string };
}

export interface KubernetesList<T> { items: T[]; metadata?: { resourceVersion?: string } }

/** Plural names that are not the kind's with an s. */
const PLURALS: Record<string, string> = {
  MeshTLSAuthentication: 'meshtlsauthentications', NetworkAuthentication: 'networkauthentications', HTTPLocalRateLimitPolicy: 'httplocalratelimitpolicies',
  AuthorizationPolicy: 'authorizationpolicies', ServiceEntry: 'serviceentries', WorkloadEntry: 'workloadentries', Gateway: 'gateways',
  Telemetry: 'telemetries', Endpoints: 'endpoints', Ingress: 'ingresses',
};

export function pluralOf(kind: string): string {
  const known = PLURALS[kind];
  if (known) return known;
  const lower = kind.toLowerCase();
  return lower.endsWith('y') ? `${lower.slice(0, -1)}ies` : lower.endsWith('s') ? `${lower}es` : `${lower}s`;
}

/** The path of an object, or of a collection without a name, below `/api/kubernetes/`. */
export function objectPath(apiVersion: string, kind: string, namespace: string, name = ''): string {
  const root = apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
  return [`/api/kubernetes/${root}`, ...(namespace === '' ? [] : ['namespaces', namespace]), pluralOf(kind), ...(name === '' ? [] : [name])].join('/');
}

/** Whether a workload, `kind/name`, is a pod's owner, directly or through the ReplicaSet that a Deployment made. */
export function owns(workload: string, pod: KubernetesObject): boolean {
  const [kind = '', name = ''] = workload.split('/');
  return (pod.metadata.ownerReferences ?? []).some(owner =>
    (owner.kind.toLowerCase() === kind && owner.name === name) || (kind === 'deployment' && owner.kind === 'ReplicaSet' && owner.name.replace(/-[a-z0-9]+$/, '') === name));
}
