import { useParam } from '../../state/usePlace';
import { ObjectPage } from './ObjectPage';
import { Objects } from './Objects';

/** Configuration: all objects, or the one that was chosen. */
export default function Configuration() {
  const [id] = useParam('id');
  const [namespace, kind, name] = id.split('/');
  return kind && name ? <ObjectPage key={id} namespace={namespace ?? ''} kind={kind} name={name} /> : <Objects />;
}
