import type { AnchorHTMLAttributes, MouseEvent, ReactNode } from 'react';
import { formatPlace, placeFrom, type Page, type Place } from '../state/location';
import { go, usePlace } from '../state/usePlace';

interface Props extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> { to: Place; children: ReactNode }

/** A link inside the dashboard: an ordinary address, without loading the page anew. */
export function Link({ to, children, onClick, ...rest }: Props) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return <a {...rest} href={formatPlace(to)} onClick={follow}>{children}</a>;
}

/** Makes places that keep what is carried from page to page. */
export function usePlaceTo(): (page: Page, params?: Record<string, string>) => Place {
  const here = usePlace();
  return (page, params) => placeFrom(here, page, params);
}
