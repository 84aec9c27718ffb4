import { Badge, type Tone } from '../../components/Badge';

const TONES: Record<string, Tone> = { ok: 'ok', warning: 'warn', error: 'bad', notApplied: 'idle' };
const WORDS: Record<string, string> = { ok: 'ok', warning: 'warning', error: 'error', notApplied: 'not applied' };

/** What admission says of an object. */
export const Status = ({ status }: { status: string }) => <Badge tone={TONES[status] ?? 'idle'}>{WORDS[status] ?? status}</Badge>;

/** The worst first. */
export const statusRank = (status: string): number => ['error', 'warning', 'notApplied', 'ok'].indexOf(status);
