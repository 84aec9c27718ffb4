import { inNamespace } from '../../api/client';
import type { ConfigurationItem } from '../../api/configuration';
import type { List } from '../../api/types';
import { Command, CopyButton } from '../../components/Command';
import { Link } from '../../components/Link';
import { Empty, Failure, Loading } from '../../components/Notice';
import { PageHead, Panel } from '../../components/Panel';
import { command } from '../../format/command';
import { placeWith } from '../../state/location';
import { useLive } from '../../state/useLive';
import { usePlace } from '../../state/usePlace';
import { Status } from './Status';
import { useEditor } from './useEditor';
import { WeightEditor } from './WeightEditor';

/** One object: what is said of it, its weights to change, and its YAML. */
export function ObjectPage({ namespace, kind, name }: { namespace: string; kind: string; name: string }) {
  const place = usePlace();
  const list = useLive<List<ConfigurationItem>>(`${inNamespace(namespace)}configuration`);
  const item = list.data?.items.find(candidate => candidate.kind === kind && candidate.name === name && candidate.namespace === namespace);
  const editor = useEditor(item?.apiVersion, kind, namespace, name);
  return (
    <>
      <p className="back"><Link to={placeWith(place, { id: null })}>← all objects</Link></p>
      <PageHead title={name} kicker={`${kind}${namespace ? ` in ${namespace}` : ''}${item ? ` · ${item.apiVersion}` : ''}`}>{item && <Status status={item.status} />}</PageHead>
      {list.error && <Failure error={list.error} />}
      {list.data && !item && <Empty title="There is no such object" command={command(['get', kind.toLowerCase(), name], { '-n': namespace })}>It may have been deleted, or it configures nothing of the mesh.</Empty>}
      {item?.findings.map(finding => (
        <p key={`${finding.field}${finding.message}`} className={`toast-warning${finding.severity === 'error' ? ' toast-bad' : ''}`}>{finding.field && <code>{finding.field}</code>} {finding.message}</p>
      ))}
      {editor.error && <Failure error={editor.error} retry={editor.reload} />}
      {editor.groups.length > 0 && <WeightEditor editor={editor} />}
      {editor.object ? (
        <Panel title="YAML" aside={<CopyButton text={editor.after} what="YAML" />}>
          <pre className="yaml" tabIndex={0} role="region" aria-label="YAML of the object">{editor.after}</pre>
        </Panel>
      ) : item && !editor.error && <Loading what="the object" />}
      <Command text={command(['get', kind.toLowerCase(), name], { ...(namespace === '' ? {} : { '-n': namespace }), '-o': 'yaml' })} />
    </>
  );
}
