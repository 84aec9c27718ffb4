import type { ReactNode } from 'react';
import type { Traffic } from '../api/types';
import { bytes, count, latency, rate } from '../format/numbers';
import { Mtls } from './Badge';
import { Success } from './Success';

/** A thing's numbers now, large. */
export function Tiles({ row }: { row: Traffic }) {
  return (
    <dl className="tiles">
      <Tile name="Success"><Success share={row.success} requests={row.requests} /></Tile>
      <Tile name="Requests/s">{rate(row.rps)}</Tile>
      <Tile name="P50">{latency(row.latencyMs?.p50)}</Tile>
      <Tile name="P95">{latency(row.latencyMs?.p95)}</Tile>
      <Tile name="P99">{latency(row.latencyMs?.p99)}</Tile>
      <Tile name="Mesh errors" tone={row.meshErrors > 0 ? 'is-bad' : ''}>{count(row.meshErrors)}</Tile>
      <Tile name="mTLS"><Mtls share={row.mtls} /></Tile>
      <Tile name="TCP open">{count(row.tcpConnections)}</Tile>
      <Tile name="Received"><span className="tile-small">{bytes(row.bytesReceived)}</span></Tile>
      <Tile name="Sent"><span className="tile-small">{bytes(row.bytesSent)}</span></Tile>
    </dl>
  );
}

export const Tile = ({ name, tone = '', children }: { name: string; tone?: string; children: ReactNode }) => (
  <div className="tile"><dt>{name}</dt><dd className={tone}>{children}</dd></div>
);
