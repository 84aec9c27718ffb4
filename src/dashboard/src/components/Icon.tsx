const PATHS = {
  overview: 'M3 5h18M3 12h18M3 19h12',
  topology: 'M5 12h5M14 7l-4 5 4 5M5 12m-2 0a2 2 0 1 0 4 0 2 2 0 1 0-4 0M16 6m-2 0a2 2 0 1 0 4 0 2 2 0 1 0-4 0M16 18m-2 0a2 2 0 1 0 4 0 2 2 0 1 0-4 0',
  tap: 'M3 12h4l3-8 4 16 3-8h4',
  traces: 'M3 6h9M7 12h9M12 18h9',
  configuration: 'M4 7h10M18 7h2M4 17h2M10 17h10M16 7m-2 0a2 2 0 1 0 4 0 2 2 0 1 0-4 0M8 17m-2 0a2 2 0 1 0 4 0 2 2 0 1 0-4 0',
  security: 'M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9h-13z',
  control: 'M12 3v3M12 18v3M3 12h3M18 12h3M12 12m-4 0a4 4 0 1 0 8 0 4 4 0 1 0-8 0',
  lock: 'M8 11V8a4 4 0 0 1 8 0v3M6 11h12v9H6z',
  unlock: 'M8 11V8a4 4 0 0 1 7.5-2M6 11h12v9H6z',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  check: 'M4 12.5 10 18 20 6',
  close: 'M5 5l14 14M19 5 5 19',
  sun: 'M12 12m-4 0a4 4 0 1 0 8 0 4 4 0 1 0-8 0M12 2v2M12 20v2M2 12h2M20 12h2M5 5l1.4 1.4M17.6 17.6 19 19M19 5l-1.4 1.4M6.4 17.6 5 19',
  moon: 'M20 14.5A8 8 0 1 1 9.5 4a6.5 6.5 0 0 0 10.5 10.5z',
  auto: 'M12 12m-8 0a8 8 0 1 0 16 0 8 8 0 1 0-16 0M12 4v16M12 8l5 0M12 12l7 0M12 16l5 0',
  pause: 'M8 5v14M16 5v14',
  play: 'M7 4v16l13-8z',
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  search: 'M11 11m-6 0a6 6 0 1 0 12 0 6 6 0 1 0-12 0M20 20l-4.5-4.5',
  right: 'M9 5l7 7-7 7',
  warning: 'M12 4 2.5 20h19zM12 10v4.5M12 17v.5',
} as const;

export type IconName = keyof typeof PATHS;

/** A line drawing; what it means is said beside it or by the control's own label. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg className="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
