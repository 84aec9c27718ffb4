import type { IdentityPod } from '../../api/operations';
import type { Tone } from '../../components/Badge';

/** Milliseconds: the life of a certificate whose beginning is not known. */
const DAY = 86_400_000;

/** A certificate is renewed when 30 % of its life are left; one with less than a tenth has missed that. */
export function certificateTone({ issued, notAfter }: IdentityPod, now: number): Tone {
  if (notAfter === null) return 'idle';
  const left = Date.parse(notAfter) - now;
  const life = issued === null ? DAY : Date.parse(notAfter) - Date.parse(issued);
  return left <= 0 ? 'bad' : left < life / 10 ? 'warn' : 'ok';
}
