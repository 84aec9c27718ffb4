import { useMemo } from 'react';
import { objectPath, type KubernetesEvent, type KubernetesList } from '../../api/kubernetes';
import { Badge } from '../../components/Badge';
import { Empty, Failure, Loading } from '../../components/Notice';
import { Panel } from '../../components/Panel';
import { since } from '../../format/time';
import { useNow } from '../../state/useNow';
import { usePolled } from '../../state/usePolled';

const EVERY = 5000;
const MOST = 30;

/** What Kubernetes reported about things whose names `concerns` accepts, newest first. */
export function Events({ namespace, concerns }: { namespace: string; concerns(kind: string, name: string): boolean }) {
  const { data, error, reload } = usePolled<KubernetesList<KubernetesEvent>>(objectPath('v1', 'Event', namespace), EVERY);
  const now = useNow(5000);
  const events = useMemo(() => (data?.items ?? [])
    .filter(event => event.involvedObject && concerns(event.involvedObject.kind, event.involvedObject.name))
    .sort((a, b) => at(b) - at(a)).slice(0, MOST), [data, concerns]);
  return (
    <Panel title="Events">
      {error && !data ? <Failure error={error} retry={reload} /> : data === undefined ? <Loading what="events" />
        : events.length === 0 ? <Empty title="Nothing happened lately">Kubernetes keeps events for about an hour.</Empty> : (
          <ul className="events">
            {events.map(event => (
              <li key={event.metadata.uid ?? event.metadata.name}>
                <time dateTime={new Date(at(event)).toISOString()}>{since(at(event), now)}</time>
                <Badge tone={event.type === 'Warning' ? 'warn' : 'idle'}>{event.reason ?? 'event'}{(event.count ?? 1) > 1 ? ` ×${event.count}` : ''}</Badge>
                <span><b>{event.involvedObject?.name}</b> {event.message}</span>
              </li>
            ))}
          </ul>
        )}
    </Panel>
  );
}

const at = (event: KubernetesEvent): number => Date.parse(event.lastTimestamp ?? event.eventTime ?? event.metadata.creationTimestamp ?? '') || 0;
