import { Suspense, lazy } from 'react';
import { Loading } from '../../components/Notice';
import { useParam } from '../../state/usePlace';
import { Search } from './Search';

const Waterfall = lazy(() => import('./TracePage'));

/** Traces: the search, or the one that was chosen. */
export default function Traces() {
  const [trace] = useParam('trace');
  return trace === '' ? <Search /> : <Suspense fallback={<Loading what="the trace" />}><Waterfall id={trace} /></Suspense>;
}
