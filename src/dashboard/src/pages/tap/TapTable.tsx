import { Fragment, memo, useRef, useState } from 'react';
import type { TapHeader, TapPod } from '../../api/types';
import { Icon } from '../../components/Icon';
import { bytes, latency } from '../../format/numbers';
import { clock } from '../../format/time';
import { useVisibleRows } from '../../state/useVisibleRows';
import { failed, type TapRow } from './rows';

const ROW = 34;

/** Requests as they come, the newest above; each opens to its details. */
export function TapTable({ rows }: { rows: readonly TapRow[] }) {
  const [open, setOpen] = useState('');
  const body = useRef<HTMLTableSectionElement>(null);
  const { first, end } = useVisibleRows(body, rows.length, ROW);
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Requests, table">
      <table className="tap" aria-rowcount={rows.length + 1}>
        <thead><tr><th scope="col"><span className="sr-only">Details</span></th><th scope="col" className="spare1">Time</th><th scope="col" className="spare2">Side</th><th scope="col" className="spare1">From</th><th scope="col" className="spare1">To</th>
          <th scope="col">Request</th><th scope="col" className="num">Status</th><th scope="col" className="num">Latency</th><th scope="col" className="num spare2">Size</th></tr></thead>
        <tbody ref={body}>
          {first > 0 && <tr aria-hidden="true" style={{ height: first * ROW }}><td colSpan={9} /></tr>}
          {rows.slice(first, end).map((row, index) => (
            <Fragment key={row.key}>
              <Line row={row} position={first + index + 2} open={row.key === open} onToggle={setOpen} />
              {row.key === open && <tr className="tap-details"><td colSpan={9}><Details row={row} /></td></tr>}
            </Fragment>
          ))}
          {end < rows.length && <tr aria-hidden="true" style={{ height: (rows.length - end) * ROW }}><td colSpan={9} /></tr>}
        </tbody>
      </table>
    </div>
  );
}

interface LineProps { row: TapRow; position: number; open: boolean; onToggle(key: string): void }

const Line = memo(function Line({ row, position, open, onToggle }: LineProps) {
  const { request, response, end } = row;
  const label = `${open ? 'Hide' : 'Show'} details of ${request.method} ${request.path}`;
  return (
    <tr aria-rowindex={position} className={failed(row) ? 'is-failed' : undefined}>
      <td><button type="button" className="quiet tap-toggle" aria-expanded={open} aria-label={label} onClick={() => onToggle(open ? '' : row.key)}><Icon name="right" size={13} /></button></td>
      <td className="muted spare1">{clock(row.at)}</td>
      <td className="muted spare2">{request.proxy}</td>
      <td className="spare1">{request.source?.pod ?? request.src}</td>
      <td className="spare1">{request.destination?.pod ?? request.dst}</td>
      <td className="tap-request"><b>{request.method}</b> <span className="muted spare1-inline">{request.authority}</span><span className="mono">{request.path}</span></td>
      <td className="num tap-status">{response?.meshError ? <span title={response.meshError}>{response.meshError}</span> : response?.status ?? '…'}</td>
      <td className="num">{response?.latencyMicros === undefined ? '' : latency(response.latencyMicros / 1000)}</td>
      <td className="num muted spare2">{end?.responseBytes === undefined ? '' : bytes(end.responseBytes)}</td>
    </tr>
  );
});

function Details({ row }: { row: TapRow }) {
  const { request, response, end } = row;
  const facts: [string, string | undefined][] = [
    ['From', sideOf(request.source, request.src)], ['To', sideOf(request.destination, request.dst)], ['mTLS', request.tls ? `yes, ${request.peer ?? 'no identity'}` : 'no'], ['Seen by', request.proxy === 'in' ? "the receiver's proxy" : "the sender's proxy"],
    ['Mesh error', response?.meshError], ['Cut off', end?.resetError], ['Took in all', end?.durationMicros === undefined ? undefined : latency(end.durationMicros / 1000)],
  ];
  return (
    <div className="tap-facts">
      <dl>{facts.map(([name, value]) => value && <div key={name}><dt>{name}</dt><dd className="mono">{value}</dd></div>)}</dl>
      <Headers title="Request headers" fields={request.headers} />
      <Headers title="Response headers" fields={response?.headers} />
      {end?.trailers && end.trailers.length > 0 && <Headers title="Trailers" fields={end.trailers} />}
    </div>
  );
}

const sideOf = (pod: TapPod | undefined, address: string): string => (pod ? `${pod.namespace}/${pod.workload ?? pod.pod} at ${address}` : address);

function Headers({ title, fields = [] }: { title: string; fields?: readonly TapHeader[] | undefined }) {
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      {fields.length === 0 ? <p className="muted">None were sent along. Switch on “headers” to see them; the values of secret ones never leave the proxies.</p>
        : <dl>{fields.map((field, index) => <div key={`${field.name}${index}`}><dt className="mono">{field.name}</dt><dd className="mono">{field.value}</dd></div>)}</dl>}
    </section>
  );
}
