import { useId, type ReactNode } from 'react';

/** A titled part of a page. */
export function Panel({ title, aside, children, className = '' }: { title: string; aside?: ReactNode; children: ReactNode; className?: string }) {
  const id = useId();
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <header className="panel-head"><h2 id={id}>{title}</h2>{aside && <div className="panel-aside">{aside}</div>}</header>
      {children}
    </section>
  );
}

/** The head of a page: its title, what it is about, and controls. */
export function PageHead({ title, kicker, children }: { title: string; kicker?: ReactNode; children?: ReactNode }) {
  return (
    <header className="page-head">
      <div><h1>{title}</h1>{kicker && <p className="kicker">{kicker}</p>}</div>
      {children && <div className="page-tools">{children}</div>}
    </header>
  );
}
