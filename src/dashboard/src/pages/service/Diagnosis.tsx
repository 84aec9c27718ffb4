import { inNamespace } from '../../api/client';
import { Badge, type Tone } from '../../components/Badge';
import { Panel } from '../../components/Panel';
import { useLive } from '../../state/useLive';

interface Diagnosis {
  verdict: 'healthy' | 'degraded' | 'broken' | string;
  summary: string;
  findings: { cause: string; level: string; where: string; what: string; evidence: string[]; remedy: string }[];
  examined: { service: string; area: string; result: string; text: string }[];
}

const VERDICTS: Record<string, Tone> = { healthy: 'ok', degraded: 'warn', broken: 'bad' };
const RESULTS: Record<string, Tone> = { ok: 'ok', info: 'idle', warning: 'warn', error: 'bad' };

const TOASTS: Record<string, string> = { error: 'toast-bad', info: 'toast-idle' };

/** What is wrong with a service, and what to do; `kind` is `services` or `deployments`. */
export function Diagnosis({ namespace, kind, name }: { namespace: string; kind: 'services' | 'deployments'; name: string }) {
  const { data } = useLive<Diagnosis>(`${inNamespace(namespace)}diagnose/${kind}/${name}`);
  if (data === undefined) return null;
  return (
    <Panel title="Diagnosis" aside={<Badge tone={VERDICTS[data.verdict] ?? 'idle'}>{data.verdict}</Badge>} className="diagnosis">
      <div className="panel-body">
        {data.findings.every(finding => finding.level === 'info') && <p className="muted">{data.summary}</p>}
        {data.findings.map(finding => (
          <article key={`${finding.cause}${finding.where}${finding.what}`} className={`toast-warning ${TOASTS[finding.level] ?? ''}`}>
            <p><b>{finding.where}</b>: {finding.what}</p>
            {finding.evidence.length > 0 && <p className="muted">{finding.evidence.join(' · ')}</p>}
            <p>→ {finding.remedy}</p>
          </article>
        ))}
        <details>
          <summary>What was looked at</summary>
          <ul className="decisions">{data.examined.map(item => (
            <li key={`${item.service}${item.area}${item.text}`}><Badge tone={RESULTS[item.result] ?? 'idle'}>{item.area}</Badge><span className="muted">{item.text}</span></li>
          ))}</ul>
        </details>
      </div>
    </Panel>
  );
}
