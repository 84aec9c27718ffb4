import { createContext, useContext } from 'react';
import type { Session } from '../api/types';

/** Which mesh this is; null until its control plane has answered. */
export const SessionContext = createContext<Session | null>(null);

export const useSession = (): Session | null => useContext(SessionContext);
