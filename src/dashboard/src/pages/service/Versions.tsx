import { useMemo } from 'react';
import { inNamespace, withQuery } from '../../api/client';
import type { EndpointList } from '../../api/service';
import type { Edge, List, StatRow } from '../../api/types';
import { Badge } from '../../components/Badge';
import { Panel } from '../../components/Panel';
import { Spark } from '../../components/Spark';
import { Success } from '../../components/Success';
import { WorkloadLink } from '../../components/Things';
import { Whisker } from '../../components/Whisker';
import { latency, rate } from '../../format/numbers';
import { useLive } from '../../state/useLive';
import { versionsOf, type Version } from './versions';

/** The versions of a service side by side: what each gets, and how it does. */
export function Versions({ namespace, name, window }: { namespace: string; name: string; window: string }) {
  const space = inNamespace(namespace);
  const edges = useLive<List<Edge>>(withQuery(`${space}edges/services/${name}`, { window }));
  const stats = useLive<List<StatRow>>(withQuery(`${space}stat/deployments`, { window }));
  const endpoints = useLive<EndpointList>(`${space}endpoints/services/${name}`);
  const items = endpoints.data?.items;
  const labels = useMemo(() => new Map((items ?? []).flatMap(item => (item.workload && item.version ? [[item.workload, item.version] as const] : []))), [items]);
  const versions = useMemo(
    () => versionsOf(namespace, name, edges.data?.items ?? [], stats.data?.items ?? [], [...new Set((items ?? []).flatMap(item => item.workload ?? []))]),
    [namespace, name, edges.data, stats.data, items]);
  if (versions.length === 0) return null;
  const best = Math.min(...versions.map(version => version.stat?.latencyMs?.p99 ?? Number.POSITIVE_INFINITY));
  return (
    <Panel title={versions.length > 1 ? 'Versions side by side' : 'Served by'}>
      <ul className="versions">
        {versions.map(version => <Card key={version.workload} version={version} label={labels.get(version.workload)} best={best} alone={versions.length === 1} />)}
      </ul>
    </Panel>
  );
}

function Card({ version, label, best, alone }: { version: Version; label: string | undefined; best: number; alone: boolean }) {
  const p99 = version.stat?.latencyMs?.p99;
  const slower = p99 !== undefined && best > 0 && p99 / best >= 1.5 ? p99 / best : null;
  return (
    <li>
      <header><WorkloadLink namespace={version.namespace} workload={version.workload} />{label && <Badge tone="accent">{label}</Badge>}<b className="version-share">{(version.share * 100).toFixed(1)}%</b></header>
      <svg className="share" viewBox="0 0 100 6" preserveAspectRatio="none" role="img" aria-label={`${(version.share * 100).toFixed(1)} % of the requests`}><rect width="100" height="6" className="share-bed" /><rect width={version.share * 100} height="6" className="share-fill" /></svg>
      {version.stat ? (
        <dl className="facts">
          <div><dt>Success</dt><dd><Success share={version.stat.success} requests={version.stat.requests} /></dd></div>
          <div><dt>Requests/s{alone ? '' : ' in all'}</dt><dd>{rate(version.stat.rps)}</dd></div>
          <div><dt>P50 · P95</dt><dd>{latency(version.stat.latencyMs?.p50)} · {latency(version.stat.latencyMs?.p95)}</dd></div>
          <div><dt>P99</dt><dd>{latency(p99)}{slower !== null && <span className="is-warn"> ×{slower.toFixed(1)}</span>}</dd></div>
          <div><dt>Spread</dt><dd><Whisker value={version.stat.latencyMs} /></dd></div>
          <div><dt>Pods</dt><dd>{version.stat.meshed}/{version.stat.total}</dd></div>
        </dl>
      ) : <p className="muted">No numbers yet.</p>}
      <Spark kind="deployments" namespace={version.namespace} name={version.name} />
    </li>
  );
}
