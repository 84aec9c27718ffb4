import { inNamespace, withQuery } from '../../api/client';
import type { List, StatRow } from '../../api/types';
import { Icon } from '../../components/Icon';
import { Empty, Failure, Loading } from '../../components/Notice';
import { Success } from '../../components/Success';
import { ServiceLink } from '../../components/Things';
import { rate } from '../../format/numbers';
import { matches } from '../../format/names';
import { useLive } from '../../state/useLive';
import { useParam } from '../../state/usePlace';
import { Effective } from '../service/Effective';

/** What is in effect for each service; one is open at a time. */
export function Services({ namespace, filter }: { namespace: string; filter: string }) {
  const { data, error } = useLive<List<StatRow>>(withQuery(`${inNamespace(namespace)}stat/services`, { window: '1m' }));
  const [open, setOpen] = useParam('open');
  if (error && !data) return <Failure error={error} />;
  if (data === undefined) return <Loading what="the services" />;
  const rows = data.items.filter(row => matches(filter, row.name, row.namespace));
  if (rows.length === 0) return <div className="panel"><Empty title="No service has such a name" /></div>;
  return (
    <ul className="panel services">
      {rows.map(row => {
        const key = `${row.namespace}/${row.name}`;
        return (
          <li key={key}>
            <div className="service-line">
              <button type="button" className="quiet tap-toggle" aria-expanded={open === key} aria-label={`${open === key ? 'Hide' : 'Show'} what is in effect for ${row.name}`} onClick={() => setOpen(open === key ? '' : key)}><Icon name="right" size={13} /></button>
              <ServiceLink namespace={row.namespace} service={row.name} /><span className="muted spare1">{row.namespace}</span>
              <span className="service-numbers"><Success share={row.success} requests={row.requests} /><span className="num">{rate(row.rps)} rps</span></span>
            </div>
            {open === key && <Effective namespace={row.namespace} name={row.name} />}
          </li>
        );
      })}
    </ul>
  );
}
