import { shortName } from '../format/names';
import { Link, usePlaceTo } from './Link';

/** A workload's name that leads to its page. `kind/name`. */
export function WorkloadLink({ namespace, workload }: { namespace: string; workload: string }) {
  const to = usePlaceTo();
  return <Link className="thing" to={to('workload', { id: `${namespace}/${workload}` })}>{shortName(workload)}</Link>;
}

export function ServiceLink({ namespace, service }: { namespace: string; service: string }) {
  const to = usePlaceTo();
  return <Link className="thing" to={to('service', { id: `${namespace}/${service}` })}>{service}</Link>;
}
