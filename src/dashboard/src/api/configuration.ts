import type { Finding } from './service';

/** One item of the list `configuration` of the insight API. */
export interface ConfigurationItem {
  namespace: string;
  kind: string;
  apiVersion: string;
  name: string;
  created: string | null;
  status: 'ok' | 'warning' | 'error' | 'notApplied' | string;
  findings: Finding[];
}
