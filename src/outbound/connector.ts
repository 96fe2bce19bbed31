import { lookup as systemLookup } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { type AddressRules, isPermittedAddress } from './address.ts';

/** A connection that was not made, since its address is not permitted. The message has no address: it may be reported. */
export class AddressRefused extends Error {
  override readonly name = 'AddressRefused';
  readonly code = 'ADDRESS_REFUSED';
  constructor() {
    super('The address is not permitted by the configuration.');
  }
}

export type Resolve = LookupFunction;

/**
 * Connects only to permitted addresses. What is checked is the very list of addresses that the connection then uses: a name
 * that resolves to another address the next time (DNS rebinding) is checked again with the next connection. One address that
 * is not permitted refuses them all, so that it does not depend on chance which one is used.
 */
export function guardedConnector(
  rules: () => AddressRules | undefined,
  { timeout, resolve }: { readonly timeout: number; readonly resolve?: Resolve | undefined },
): buildConnector.connector {
  const connect = buildConnector({ timeout, lookup: guardedLookup(rules, resolve) });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, '');
    const current = rules();
    // an IP address is not looked up
    if (current !== undefined && isIP(host) !== 0 && !isPermittedAddress(host, host, current))
      return queueMicrotask(() => callback(new AddressRefused(), null));
    return connect(options, callback);
  };
}

/** Resolves a name, and refuses it when one of its addresses is not permitted. */
export const guardedLookup =
  (rules: () => AddressRules | undefined, resolve: Resolve = systemLookup): LookupFunction =>
  (host, options, callback) =>
    resolve(host, { ...options, all: true }, (error, found) => {
      if (error) return callback(error, [], 0);
      const addresses = Array.isArray(found) ? found : [{ address: found, family: isIP(found) }];
      const current = rules();
      const isRefused = current !== undefined && addresses.some((it) => !isPermittedAddress(it.address, host, current));
      if (isRefused) return callback(new AddressRefused(), [], 0);
      if (options.all) return callback(null, [...addresses]);
      const [first] = addresses;
      return first ? callback(null, first.address, first.family) : callback(notFound(), [], 0);
    });
const notFound = (): NodeJS.ErrnoException =>
  Object.assign(new Error('The name has no address.'), { code: 'ENOTFOUND' });
