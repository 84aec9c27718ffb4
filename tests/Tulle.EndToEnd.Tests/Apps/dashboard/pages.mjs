/** Every page of the dashboard, with a state that shows something; `page` has come in by the link. */
export async function pagesOf(page) {
  const newest = await page.evaluate(async () => (await (await fetch('/api/insight/traces?limit=1')).json()).items[0]?.traceId);
  return { ...PAGES, trace: `/traces?trace=${newest}` };
}

const PAGES = {
  overview: '/',
  services: '/?kind=services&window=1m',
  topology: '/topology',
  'topology-chosen': '/topology?select=default/deployment/frontend',
  'topology-table': '/topology?view=table',
  workload: '/workload?id=default/deployment/frontend&range=15m',
  service: '/service?id=default/user-service&range=15m&compare=1h',
  tap: '/tap?target=deploy/frontend&namespace=default',
  traces: '/traces',
  configuration: '/configuration',
  object: '/configuration?id=default/VirtualService/user-service',
  effective: '/configuration?view=services&open=default/user-service',
  security: '/security',
  'control-plane': '/control-plane',
};
