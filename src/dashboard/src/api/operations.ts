/** The lists `identities` and `status` of the insight API. */
export interface Anchor { subject: string; fingerprint: string; notBefore: string; notAfter: string }
export interface IdentityPod { name: string; issued: string | null; notAfter: string | null; error?: string }
export interface Identity { namespace: string; serviceAccount: string; spiffeId: string; pods: IdentityPod[] }
export interface IdentityList { trustDomain: string; anchors: Anchor[]; items: Identity[] }

export interface ControlPlaneStatus {
  version: string;
  started: string;
  uptimeSeconds: number;
  memory: { residentBytes: number; heapBytes: number };
  cpuSeconds: number;
  proxies: { meshed: number; connected: number; inSync: number; reporting: number; refused: number; versions: { version: string; proxies: number }[] };
  objects: Record<string, number>;
  watches: { resource: string; synced: boolean; changed: string | null; failures: number; error: string }[];
  dashboard: Record<string, number> | null;
  limits: { name: string; limit: number; used: number; hit: number }[];
}
