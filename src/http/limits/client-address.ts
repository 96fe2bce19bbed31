import { BlockList, isIP } from 'node:net';

/**
 * The address of a client. Behind a proxy that the network trusts it is the last one in X-Forwarded-For that is not such a
 * proxy: what stands before it was written by the client, who may write anything.
 */
export function clientAddress(
  remote: string | undefined,
  forwarded: string | undefined,
  trusted: readonly string[],
): string | undefined {
  const own = plainAddress(remote ?? '');
  if (forwarded === undefined || !isTrusted(own, trusted)) return own || undefined;
  const hops = forwarded.split(',').map((it) => plainAddress(it.trim()));
  const client = hops.findLast((it) => !isTrusted(it, trusted));
  return client !== undefined && isIP(client) !== 0 ? client : own;
}

/** Without the form that a socket of both families gives an IPv4 address. */
export const plainAddress = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');

/** Whether an address is in one of the ranges `10.0.0.7` or `10.0.0.0/8`. */
export function isTrusted(address: string, ranges: readonly string[]): boolean {
  const version = isIP(address);
  if (version === 0) return false;
  return ranges.some((it) => {
    const [base = '', prefix = version === 4 ? '32' : '128'] = it.split('/');
    if (isIP(base) !== version) return false;
    const range = new BlockList();
    range.addSubnet(base, Number(prefix), version === 4 ? 'ipv4' : 'ipv6');
    return range.check(address, version === 4 ? 'ipv4' : 'ipv6');
  });
}
