import type { ReactNode } from 'react';
import { chooseTheme, useTheme, type Theme } from '../state/theme';
import { useSession } from '../state/session';
import { usePlace } from '../state/usePlace';
import type { Page } from '../state/location';
import { NamespaceChoice, WindowChoice } from './Controls';
import { Icon, type IconName } from './Icon';
import { Link, usePlaceTo } from './Link';
import { StreamBadge } from './StreamBadge';

const ENTRIES: readonly (readonly [Page, string, IconName])[] = [
  ['overview', 'Overview', 'overview'],
  ['topology', 'Topology', 'topology'],
  ['tap', 'Tap', 'tap'],
  ['traces', 'Traces', 'traces'],
  ['configuration', 'Config', 'configuration'],
  ['security', 'Security', 'security'],
  ['control-plane', 'Control plane', 'control'],
];

/** Pages whose numbers are taken over a window. */
const WINDOWED: ReadonlySet<string> = new Set(['overview', 'topology', 'workload', 'service', 'security']);

/** What every page is in: where one can go, what is looked at, and whether it is of now. */
export function Shell({ children }: { children: ReactNode }) {
  const { page } = usePlace();
  return (
    <>
      <a className="skip" href="#main">Skip to content</a>
      <Rail />
      <div className="stage">
        <header className="bar" aria-label="Scope">
          <NamespaceChoice />
          {WINDOWED.has(page) && <WindowChoice />}
          <StreamBadge />
          <ThemeSwitch />
        </header>
        <main id="main" tabIndex={-1}>{children}</main>
      </div>
    </>
  );
}

function Rail() {
  const session = useSession();
  const { page } = usePlace();
  const to = usePlaceTo();
  return (
    <nav className="rail" aria-label="Pages">
      <Link className="brand" to={to('overview')} aria-label="Tulle, overview">
        <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true"><path d="M16 3 27 9.5v13L16 29 5 22.5v-13zM5 9.5l22 13M27 9.5l-22 13M16 3v26" /></svg>
        <span className="brand-name">Tulle</span>
      </Link>
      <ul>
        {ENTRIES.map(([name, title, icon]) => (
          <li key={name}>
            <Link to={to(name)} aria-current={name === page ? 'page' : undefined}><Icon name={icon} size={17} /><span>{title}</span></Link>
          </li>
        ))}
      </ul>
      {session && <p className="rail-foot"><b>{session.mesh}</b><br />{session.trustDomain}<br />tulle {session.version}</p>}
    </nav>
  );
}

const NEXT: Record<Theme, Theme> = { system: 'light', light: 'dark', dark: 'system' };
const THEME_ICON: Record<Theme, IconName> = { system: 'auto', light: 'sun', dark: 'moon' };

function ThemeSwitch() {
  const theme = useTheme();
  const label = `Theme: ${theme}. Switch to ${NEXT[theme]}`;
  return <button type="button" className="quiet theme" onClick={() => chooseTheme(NEXT[theme])} aria-label={label} title={label}><Icon name={THEME_ICON[theme]} /></button>;
}
