import { inNamespace } from '../../api/client';
import type { Effective as Answer, EffectiveRoute, ObjectRef } from '../../api/service';
import { Badge } from '../../components/Badge';
import { Link, usePlaceTo } from '../../components/Link';
import { Failure, Loading } from '../../components/Notice';
import { Panel } from '../../components/Panel';
import { useLive } from '../../state/useLive';
import { backendWords, routeWords } from './words';

/** What decides about requests to a service now, and which objects it comes from. */
export function Effective({ namespace, name }: { namespace: string; name: string }) {
  const { data, error } = useLive<Answer>(`${inNamespace(namespace)}effective/services/${name}`);
  return (
    <Panel title="Configuration in effect" aside={<ConfigurationLink namespace={namespace} />}>
      {error && !data ? <Failure error={error} /> : data === undefined ? <Loading what="the configuration in effect" /> : (
        <div className="panel-body effective">
          {data.warnings.map(warning => <p key={`${warning.field}${warning.message}`} className={`toast-warning${warning.severity === 'error' ? ' toast-bad' : ''}`}>{warning.object && <ObjectLink object={warning.object} />} {warning.message}</p>)}
          {data.ports.map(port => (
            <section key={port.port} aria-label={`Port ${port.port}`}>
              <h3>Port {port.port} <span className="muted">{[port.name, port.protocol === 'detect' ? 'protocol detected' : port.protocol].filter(Boolean).join(' · ')}</span></h3>
              <ol className="routes">{port.routes.map((route, index) => <Route key={`${route.name}${index}`} route={route} />)}</ol>
              {port.connectionRoutes.map(route => <p key={route.name} className="muted">Connections {route.serverNames.length > 0 ? `for ${route.serverNames.join(', ')} ` : ''}go to {route.backends.map(backend => backend.backend).join(', ')} ({route.name})</p>)}
            </section>
          ))}
          <h3>Backends</h3>
          <ul className="backends">
            {data.backends.map(backend => (
              <li key={backend.name}>
                <span className="mono">{backend.name}</span>
                <Badge tone={backend.endpoints === 0 ? 'bad' : 'idle'}>{backend.endpoints} {backend.endpoints === 1 ? 'endpoint' : 'endpoints'}</Badge>
                {backend.mtls && <Badge tone={backend.mtls === 'strict' ? 'ok' : backend.mtls === 'disable' ? 'bad' : 'idle'}>mTLS {backend.mtls}</Badge>}
                <span className="muted">{backendWords(backend).join(' · ')}</span>
              </li>
            ))}
          </ul>
          <h3>Why</h3>
          {data.decisions.length === 0 ? <p className="muted">No object says anything about this service, so the defaults hold.</p> : (
            <ol className="decisions">
              {data.decisions.map(decision => (
                <li key={`${decision.object.kind}/${decision.object.namespace}/${decision.object.name}/${decision.rule}`}>
                  <Badge tone={decision.applied ? 'ok' : 'idle'}>{decision.applied ? 'applied' : 'not applied'}</Badge>
                  <ObjectLink object={decision.object} />{decision.rule && <span className="mono muted"> {decision.rule}</span>}
                  <span className="muted">{decision.why}</span>
                </li>
              ))}
            </ol>
          )}
        </div>
      )}
    </Panel>
  );
}

function Route({ route }: { route: EffectiveRoute }) {
  const words = routeWords(route);
  return (
    <li>
      <p><span className="muted">when</span> {route.matches} {route.object && <ObjectLink object={route.object} />}</p>
      {route.answer ? <p><b>{route.answer}</b></p> : (
        <ul className="shares">
          {route.backends.map(backend => (
            <li key={backend.backend}>
              <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true"><rect width="100" height="6" className="share-bed" /><rect width={backend.share * 100} height="6" className="share-fill" /></svg>
              <b className="num">{Math.round(backend.share * 1000) / 10}%</b><span className="mono">{backend.backend}</span>
            </li>
          ))}
        </ul>
      )}
      {words.length > 0 && <p className="muted">{words.join(' · ')}</p>}
    </li>
  );
}

export function ObjectLink({ object }: { object: ObjectRef }) {
  const to = usePlaceTo();
  return <Link to={to('configuration', { id: `${object.namespace}/${object.kind}/${object.name}` })}>{object.kind} {object.name}</Link>;
}

function ConfigurationLink({ namespace }: { namespace: string }) {
  const to = usePlaceTo();
  return <Link to={to('configuration', { namespace })}>all objects</Link>;
}
