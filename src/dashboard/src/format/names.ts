import type { EdgeEnd } from '../api/types';

/** `deployment/web` → `web`. */
export const shortName = (workload: string): string => workload.slice(workload.indexOf('/') + 1);

/** kubectl's short names, for commands. */
const SHORT: Record<string, string> = { deployment: 'deploy', service: 'svc', namespace: 'ns', pod: 'pod', statefulset: 'sts', daemonset: 'ds' };

export const shortKind = (kind: string): string => SHORT[kind.replace(/s$/, '')] ?? kind;

/** Who an end of an edge is, in as few words as are certain. */
export function endName(end: EdgeEnd): string {
  if (end.workload) return shortName(end.workload);
  if (end.service) return end.service;
  if (end.identity) return end.identity.replace(/^spiffe:\/\/[^/]+\/ns\/([^/]+)\/sa\/(.+)$/, '$1/$2');
  return 'outside the mesh';
}

/** Whether every word of the query occurs in one of the texts. */
export const matches = (query: string, ...texts: (string | null | undefined)[]): boolean => {
  const words = query.toLowerCase().split(/\s+/).filter(word => word !== '');
  return words.every(word => texts.some(text => text?.toLowerCase().includes(word)));
};
