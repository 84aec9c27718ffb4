import { Suspense, lazy, useEffect, type ComponentType } from 'react';
import type { Session } from './api/types';
import { Boundary } from './components/Boundary';
import { Empty, Failure, Loading } from './components/Notice';
import { Shell } from './components/Shell';
import { Overview } from './pages/overview/Overview';
import { SessionContext } from './state/session';
import { useSessionEnded } from './state/useLive';
import { usePlace } from './state/usePlace';
import { usePolled } from './state/usePolled';

/** Pages other than the first are loaded when they are gone to. */
const PAGES: Record<string, ComponentType> = {
  overview: Overview,
  topology: lazy(() => import('./pages/topology/Topology')),
  workload: lazy(() => import('./pages/workload/Workload')),
  service: lazy(() => import('./pages/service/Service')),
  tap: lazy(() => import('./pages/tap/Tap')),
  traces: lazy(() => import('./pages/traces/Traces')),
  configuration: lazy(() => import('./pages/configuration/Configuration')),
  security: lazy(() => import('./pages/security/Security')),
  'control-plane': lazy(() => import('./pages/controlplane/ControlPlane')),
};

/** Milliseconds; namespaces come and go. */
const SESSION_EVERY = 30_000;

const TITLES: Record<string, string> = { 'control-plane': 'Control plane' };

export function App() {
  const { page, params } = usePlace();
  const session = usePolled<Session>('/api/session', SESSION_EVERY);
  const ended = useSessionEnded();
  // Once it is known which mesh this is, only the end of the session is worth the whole page.
  const problem = ended ?? (session.data === undefined || session.error?.status === 401 ? session.error : undefined);
  const subject = params.id?.split('/').at(-1);
  const title = TITLES[page] ?? page.charAt(0).toUpperCase() + page.slice(1);
  useEffect(() => {
    document.title = `${subject ? `${subject} · ` : ''}${title} · Tulle`;
  }, [title, subject]);
  const Page = PAGES[page];
  return (
    <SessionContext.Provider value={session.data ?? null}>
      <Shell>
        {problem
          ? <Failure error={problem} retry={() => window.location.reload()} />
          : Page
            ? <Boundary key={page}><Suspense fallback={<Loading what="the page" />}><Page /></Suspense></Boundary>
            : <Empty title="There is no such page">Choose one of the pages in the navigation.</Empty>}
      </Shell>
    </SessionContext.Provider>
  );
}
