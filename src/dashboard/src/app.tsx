import { Suspense, lazy, useEffect, useState, type ComponentType } from 'react';
import { ApiError, get } from './api/client';
import type { Session } from './api/types';
import { Empty, Failure, Loading } from './components/Notice';
import { Shell } from './components/Shell';
import { Overview } from './pages/overview/Overview';
import { SessionContext } from './state/session';
import { useSessionEnded } from './state/useLive';
import { usePlace } from './state/usePlace';

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

const TITLES: Record<string, string> = { 'control-plane': 'Control plane' };

export function App() {
  const { page, params } = usePlace();
  const [session, problem] = useSessionAnswer();
  const ended = useSessionEnded();
  const subject = params.id?.split('/').at(-1);
  const title = TITLES[page] ?? page.charAt(0).toUpperCase() + page.slice(1);
  useEffect(() => {
    document.title = `${subject ? `${subject} · ` : ''}${title} · Tulle`;
  }, [title, subject]);
  const Page = PAGES[page];
  return (
    <SessionContext.Provider value={session}>
      <Shell>
        {ended ?? problem
          ? <Failure error={(ended ?? problem) as ApiError} retry={() => window.location.reload()} />
          : Page
            ? <Suspense fallback={<Loading what="the page" />}><Page /></Suspense>
            : <Empty title="There is no such page">Choose one of the pages in the navigation.</Empty>}
      </Shell>
    </SessionContext.Provider>
  );
}

function useSessionAnswer(): [Session | null, ApiError | null] {
  const [session, setSession] = useState<Session | null>(null);
  const [problem, setProblem] = useState<ApiError | null>(null);
  useEffect(() => {
    get<Session>('/api/session').then(setSession, (error: unknown) => setProblem(error instanceof ApiError ? error : new ApiError(0, String(error))));
  }, []);
  return [session, problem];
}
