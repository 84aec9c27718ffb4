import type { ReactNode } from 'react';
import type { ApiError } from '../api/client';
import { Command } from './Command';

/** There is nothing to show, why, and what to do about it. */
export function Empty({ title, children, command }: { title: string; children?: ReactNode; command?: string }) {
  return (
    <div className="notice">
      <svg className="notice-net" viewBox="0 0 96 40" aria-hidden="true"><path d="M0 8 24 32 48 8 72 32 96 8M0 32 24 8 48 32 72 8 96 32M0 20H96" /></svg>
      <p className="notice-title">{title}</p>
      {children && <p>{children}</p>}
      {command && <Command text={command} label="What to do" />}
    </div>
  );
}

/** A question was refused or not answered; the message names cause and remedy. */
export function Failure({ error, retry }: { error: ApiError; retry?: () => void }) {
  return (
    <div className="notice notice-bad" role="alert">
      <p className="notice-title">{error.status === 404 ? 'Not found' : error.status === 0 ? 'No answer' : 'That did not work'}</p>
      <p>{error.message}</p>
      {retry && <button type="button" onClick={retry}>Try again</button>}
    </div>
  );
}

export const Loading = ({ what }: { what: string }) => <p className="loading" role="status">Reading {what} …</p>;
