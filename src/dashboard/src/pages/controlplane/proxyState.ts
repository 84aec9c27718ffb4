import type { ProxyRow } from '../../api/types';

export interface ProxyState { kind: 'in sync' | 'behind' | 'refused'; text: string }

/** How far a proxy is with what it was sent. */
export function stateOf(proxy: ProxyRow): ProxyState {
  const refused = proxy.resources.find(resource => resource.error);
  if (refused) return { kind: 'refused', text: `${refused.resource}: ${refused.error}` };
  const behind = proxy.resources.filter(resource => resource.acknowledged < resource.sent);
  if (behind.length > 0) return { kind: 'behind', text: `has not acknowledged ${behind.map(resource => resource.resource).join(', ')}` };
  return { kind: 'in sync', text: '' };
}
