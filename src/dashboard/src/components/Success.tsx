import { percent } from '../format/numbers';
import { health } from '../format/health';

const WORD = { ok: '', warn: 'degraded', bad: 'failing', idle: 'no requests' } as const;

/** A success rate with a mark whose shape, not only its colour, tells the state. */
export function Success({ share, requests }: { share: number | null; requests: number }) {
  const state = health(share, requests);
  return (
    <span className={`success is-${state}`}>
      <svg width="10" height="10" viewBox="0 0 10 10" aria-hidden="true">
        {state === 'bad' ? <path d="M5 .5 9.8 9.5H.2z" /> : state === 'warn' ? <path d="M5 0l5 5-5 5-5-5z" /> : <circle cx="5" cy="5" r={state === 'ok' ? 3.2 : 2} />}
      </svg>
      <span className="success-share">{percent(share)}</span>
      {WORD[state] && <span className="sr-only"> {WORD[state]}</span>}
    </span>
  );
}
