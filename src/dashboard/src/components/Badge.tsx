import type { ReactNode } from 'react';
import { Icon } from './Icon';

export type Tone = 'ok' | 'warn' | 'bad' | 'idle' | 'accent';

export const Badge = ({ tone, children }: { tone: Tone; children: ReactNode }) => <span className={`badge is-${tone}`}>{children}</span>;

/** Whether traffic is secured: all of it, some, none, or nothing to tell. */
export function Mtls({ share }: { share: number | null | undefined }) {
  if (share === null || share === undefined) return <span className="muted">–</span>;
  const all = share >= 1;
  return (
    <span className={`mtls is-${all ? 'ok' : share > 0 ? 'warn' : 'bad'}`}>
      <Icon name={all ? 'lock' : 'unlock'} size={14} />
      {all ? 'mTLS' : share > 0 ? `${Math.floor(share * 100)}%` : 'plaintext'}
    </span>
  );
}
