import type { Edge } from '../../api/types';

/** Why the traffic of an edge is secured or not, and what would change that. */
export function reason(edge: Edge): string {
  const { source, destination, mtls } = edge;
  if (mtls === null || mtls === undefined) return edge.requests > 0 ? 'No request went to a server: the mesh answered them itself, so nothing was exposed.' : 'No request or open connection in this window.';
  if (mtls >= 1) return 'Both identities are proven.';
  if (!source.workload && !source.identity) return 'The sender is no pod of the mesh, so nobody can prove who it is. Give it a sidecar, or refuse it with PeerAuthentication STRICT.';
  if (!destination.workload) return 'The destination is outside the mesh; what it speaks is up to it.';
  if (!destination.identity) return 'The receiver has no sidecar. Add one to its pods.';
  if (mtls > 0) return 'A part of the requests came in plaintext: some pods have no sidecar, or some do not use theirs.';
  return 'Both have sidecars, yet the traffic is plaintext: a PeerAuthentication with DISABLE says so, or the sender does not use its sidecar.';
}

/** What is not secured comes first, then what is secured in part. */
export const leastSecured = (a: Edge, b: Edge): number => (a.mtls ?? 2) - (b.mtls ?? 2) || b.rps - a.rps;
