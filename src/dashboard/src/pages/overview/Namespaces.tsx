import { withQuery } from '../../api/client';
import type { List, StatRow } from '../../api/types';
import { Success } from '../../components/Success';
import { Link } from '../../components/Link';
import { latency, rate } from '../../format/numbers';
import { placeWith } from '../../state/location';
import { useLive } from '../../state/useLive';
import { usePlace } from '../../state/usePlace';

/** Namespaces with traffic, as the first step of narrowing down. */
export function Namespaces({ window }: { window: string }) {
  const { data } = useLive<List<StatRow>>(withQuery('stat/namespaces', { window }));
  const here = usePlace();
  const rows = data?.items.filter(row => row.total > 0) ?? [];
  if (rows.length < 2) return null;
  return (
    <ul className="namespaces" aria-label="Namespaces">
      {rows.map(row => (
        <li key={row.name}>
          <Link to={placeWith(here, { namespace: row.name })}>
            <b>{row.name}</b>
            <Success share={row.success} requests={row.requests} />
            <span>{rate(row.rps)} rps</span>
            <span>p99 {latency(row.latencyMs?.p99)}</span>
            <span className="muted">{row.meshed}/{row.total} pods</span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
