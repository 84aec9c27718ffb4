/** Where the user is: the page and its parameters. All state that a link should carry is here. */
export interface Place { page: string; params: Readonly<Record<string, string>> }

/** Parameters that stay when the user goes to another page. */
export const CARRIED = ['namespace', 'window'] as const;

export const PAGES = ['overview', 'topology', 'workload', 'service', 'tap', 'traces', 'configuration', 'security', 'control-plane'] as const;
export type Page = (typeof PAGES)[number];

export function parsePlace(pathname: string, search: string): Place {
  const page = pathname.replace(/^\/+|\/+$/g, '') || 'overview';
  const params: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(search)) {
    if (value !== '') params[name] = value;
  }
  return { page, params };
}

/** The address of a place: parameters in a fixed order, so that the same place has one address. */
export function formatPlace(place: Place): string {
  const query = new URLSearchParams();
  for (const name of Object.keys(place.params).sort()) {
    const value = place.params[name];
    if (value !== undefined && value !== '') query.set(name, value);
  }
  // These need no escape in a query, and links are for people too.
  const text = query.toString().replace(/%2F/g, '/').replace(/%3A/g, ':').replace(/%2C/g, ',');
  return `/${place.page === 'overview' ? '' : place.page}${text === '' ? '' : `?${text}`}`;
}

/** Another page from here: it takes along what is carried, and has only the parameters given besides. */
export function placeFrom(here: Place, page: Page, params: Record<string, string> = {}): Place {
  const carried: Record<string, string> = {};
  for (const name of CARRIED) {
    const value = here.params[name];
    if (value !== undefined) carried[name] = value;
  }
  return { page, params: { ...carried, ...params } };
}

/** The same page with some parameters changed; empty ones are left out. */
export function placeWith(here: Place, change: Record<string, string | null>): Place {
  const params: Record<string, string> = { ...here.params };
  for (const [name, value] of Object.entries(change)) {
    if (value === null || value === '') delete params[name];
    else params[name] = value;
  }
  return { page: here.page, params };
}
