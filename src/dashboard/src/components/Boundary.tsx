import { Component, type ReactNode } from 'react';
import { ApiError } from '../api/client';
import { Failure } from './Notice';

/** Keeps what is around a page when the page itself fails: its code is of another version by now, or an answer has an unknown shape. */
export class Boundary extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return <Failure error={new ApiError(500, `This page cannot be shown (${error.message}). Load it anew; after an update of tulle that is all it takes. If that does not help, the mesh does not run: 'tulle check' says more.`)} retry={() => window.location.reload()} />;
  }
}
