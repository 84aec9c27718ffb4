import { clock, duration } from '../format/time';
import { useNow } from '../state/useNow';
import { useStream } from '../state/useLive';

/** Whether what is shown is of now. */
export function StreamBadge() {
  const { kind, since } = useStream();
  if (kind === 'stale') return <Stale since={since} />;
  const text = kind === 'live' ? 'live' : kind === 'paused' ? 'paused' : kind === 'connecting' ? 'connecting' : '';
  return <span className={`stream stream-${kind}`} role="status">{text}</span>;
}

function Stale({ since }: { since: number }) {
  const now = useNow();
  return <span className="stream stream-stale" role="status" title="The stream broke; it is tried again">stale since {clock(since)} ({duration((now - since) / 1000)})</span>;
}
