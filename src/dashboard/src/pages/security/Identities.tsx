import { inNamespace } from '../../api/client';
import type { Anchor, Identity, IdentityList } from '../../api/operations';
import { Badge } from '../../components/Badge';
import { DataTable, type Column } from '../../components/DataTable';
import { Empty, Failure, Loading } from '../../components/Notice';
import { Panel } from '../../components/Panel';
import { matches } from '../../format/names';
import { since } from '../../format/time';
import { useLive } from '../../state/useLive';
import { useNow } from '../../state/useNow';
import { useParam } from '../../state/usePlace';
import { certificateTone } from './certificates';

const DAY = 86_400_000;

/** The certificate that ends first; what is not known comes last. */
const firstEnd = (identity: Identity): number => Math.min(...identity.pods.map(pod => (pod.notAfter ? Date.parse(pod.notAfter) : Number.POSITIVE_INFINITY)));

function Ends({ identity }: { identity: Identity }) {
  const end = firstEnd(identity);
  const first = identity.pods.find(pod => pod.notAfter !== null && Date.parse(pod.notAfter) === end);
  const failing = identity.pods.find(pod => pod.error);
  const unknown = identity.pods.filter(pod => pod.notAfter === null).length;
  return (
    <>
      {first && <Badge tone={certificateTone(first, Date.now())}>{end <= Date.now() ? 'expired ' : 'ends '}{since(end, Date.now())}</Badge>}
      {unknown > 0 && <Badge tone="idle">{unknown} without one</Badge>}
      {failing && <span className="clip is-bad" title={failing.error}>{failing.name}: {failing.error}</span>}
    </>
  );
}

const COLUMNS: readonly Column<Identity>[] = [
  { key: 'name', title: 'Service account', cell: row => <span className="thing">{row.serviceAccount}</span>, compare: (a, b) => a.serviceAccount.localeCompare(b.serviceAccount) },
  { key: 'namespace', title: 'Namespace', spare: 1, cell: row => <span className="muted">{row.namespace}</span>, compare: (a, b) => a.namespace.localeCompare(b.namespace) },
  { key: 'pods', title: 'Pods', numeric: true, cell: row => row.pods.length, compare: (a, b) => a.pods.length - b.pods.length },
  { key: 'ends', title: 'Certificate', cell: row => <Ends identity={row} />, compare: (a, b) => firstEnd(a) - firstEnd(b) },
  { key: 'spiffe', title: 'SPIFFE ID', spare: 2, cell: row => <span className="mono muted">{row.spiffeId}</span> },
];

/** Who is who in the mesh, and until when; and whom everyone trusts. */
export function Identities({ namespace, filter }: { namespace: string; filter: string }) {
  const { data, error } = useLive<IdentityList>(`${inNamespace(namespace)}identities`);
  const [sort, setSort] = useParam('identities');
  const rows = data?.items.filter(row => matches(filter, row.serviceAccount, row.namespace));
  return (
    <>
      <Panel title="Identities" aside={data && <span className="mono">{data.trustDomain}</span>}>
        {error && !data ? <Failure error={error} /> : rows === undefined ? <Loading what="the identities" /> : rows.length === 0
          ? <Empty title="No identities">Pods get one with their sidecar.</Empty>
          : <DataTable label="Identities" columns={COLUMNS} rows={rows} keyOf={row => row.spiffeId} sort={sort} onSort={setSort} compare={(a, b) => firstEnd(a) - firstEnd(b)} />}
      </Panel>
      {data && <Panel title="Trust anchors"><ul className="anchors">{data.anchors.map(anchor => <AnchorLine key={anchor.fingerprint} anchor={anchor} />)}</ul></Panel>}
    </>
  );
}

function AnchorLine({ anchor }: { anchor: Anchor }) {
  const now = useNow(60_000);
  const end = Date.parse(anchor.notAfter);
  const left = end - now;
  return (
    <li>
      <b>{anchor.subject}</b><span className="mono muted">{anchor.fingerprint}</span>
      <Badge tone={left <= 0 ? 'bad' : left < 30 * DAY ? 'warn' : 'ok'}>{left <= 0 ? 'expired ' : 'ends '}{since(end, now)}</Badge>
      <span className="muted">since {new Date(anchor.notBefore).toLocaleDateString('en-GB', { dateStyle: 'medium' })}</span>
    </li>
  );
}
