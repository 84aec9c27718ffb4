import { useEffect, useState } from 'react';

/** The time, in steps of `every` milliseconds, for what says how long ago something was. */
export function useNow(every = 1000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
