import type { ControlPlaneStatus } from '../../api/operations';
import { Command } from '../../components/Command';
import { Failure, Loading } from '../../components/Notice';
import { PageHead, Panel } from '../../components/Panel';
import { Tile } from '../../components/Tiles';
import { bytes, count } from '../../format/numbers';
import { duration } from '../../format/time';
import { useLive } from '../../state/useLive';
import { Proxies } from './Proxies';
import { Watches } from './Watches';

/** The control plane itself, and how far proxies follow it. */
export default function ControlPlane() {
  const { data, error } = useLive<ControlPlaneStatus>('status');
  return (
    <>
      <PageHead title="Control plane" kicker={data && `tulle ${data.version}, up for ${duration(data.uptimeSeconds)}`} />
      {error && !data ? <Failure error={error} /> : data === undefined ? <Loading what="the control plane's state" /> : <Figures status={data} />}
      <Proxies />
      {data && <div className="columns"><Limits limits={data.limits} /><Watches watches={data.watches} /></div>}
      <Command text="tulle check" />
    </>
  );
}

function Figures({ status }: { status: ControlPlaneStatus }) {
  const { proxies, memory } = status;
  const behind = proxies.connected - proxies.inSync;
  return (
    <dl className="tiles">
      <Tile name="In sync" tone={behind > 0 ? 'is-warn' : ''}>{proxies.inSync}/{proxies.meshed}</Tile>
      <Tile name="Connected" tone={proxies.connected < proxies.meshed ? 'is-bad' : ''}>{proxies.connected}/{proxies.meshed}</Tile>
      <Tile name="Refused" tone={proxies.refused > 0 ? 'is-bad' : ''}>{proxies.refused}</Tile>
      <Tile name="Versions">{proxies.versions.map(version => `${version.version}${proxies.versions.length > 1 ? ` ×${version.proxies}` : ''}`).join(', ') || '–'}</Tile>
      <Tile name="Memory">{bytes(memory.residentBytes)}</Tile>
      <Tile name="Heap">{bytes(memory.heapBytes)}</Tile>
      <Tile name="CPU">{((status.cpuSeconds / Math.max(1, status.uptimeSeconds)) * 100).toFixed(1)}%</Tile>
      {Object.entries(status.objects).map(([name, number]) => <Tile key={name} name={name.charAt(0).toUpperCase() + name.slice(1)}>{count(number)}</Tile>)}
    </dl>
  );
}

const amount = (limit: ControlPlaneStatus['limits'][number], value: number) => (limit.name.endsWith('Bytes') ? bytes(value) : count(value));

function Limits({ limits }: { limits: ControlPlaneStatus['limits'] }) {
  return (
    <Panel title="Limits">
      <div className="table-scroll" tabIndex={0} role="region" aria-label="Limits, table">
        <table>
          <thead><tr><th scope="col">Limit</th><th scope="col">In use</th><th scope="col" className="num">Of</th><th scope="col" className="num">Hit</th></tr></thead>
          <tbody>{limits.map(limit => (
            <tr key={limit.name}>
              <th scope="row">{limit.name.replace(/([A-Z])/g, letter => ` ${letter.toLowerCase()}`)}</th>
              <td><span className="limit"><svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="6" className="share-bed" /><rect width={Math.min(100, (limit.used / Math.max(1, limit.limit)) * 100)} height="6" className="share-fill" /></svg>{amount(limit, limit.used)}</span></td>
              <td className="num muted">{amount(limit, limit.limit)}</td>
              <td className={`num ${limit.hit > 0 ? 'is-warn' : 'muted'}`}>{count(limit.hit)}</td>
            </tr>
          ))}</tbody>
        </table>
      </div>
    </Panel>
  );
}
