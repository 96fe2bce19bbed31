import { hostOf, isLoopbackHost } from '../../outbound/address.ts';

/** Where a request of a browser came from, as the browser says: a page cannot change these headers. */
export type PageOrigin = {
  readonly origin?: string | undefined;
  /** Sec-Fetch-Site (https://www.w3.org/TR/fetch-metadata/). */
  readonly site?: string | undefined;
  readonly host?: string | undefined;
};

/**
 * Whether a request that changes something came from a page of this gateway. A browser sends Origin with every such request:
 * without one it is refused. A demo on loopback may be reached by each of its names.
 */
export function isOwnPage({ origin, site, host }: PageOrigin, baseUrl: string): boolean {
  if (site !== undefined && site !== 'same-origin') return false;
  if (origin === undefined) return false;
  const own = new URL(baseUrl);
  if (origin === own.origin) return true;
  return isLoopbackHost(hostOf(own)) && isLoopbackRequest(host) && origin === `http://${host}`;
}

/** Whether a request names this machine as its host. Any other name may be one that an attacker resolves to it (DNS rebinding). */
export const isLoopbackRequest = (host: string | undefined): boolean => {
  const url = URL.parse(`http://${host ?? ''}`);
  return url !== null && isLoopbackHost(hostOf(url));
};
