import { isIP } from 'node:net';

/**
 * By what an address is counted: an IPv4 address itself; of an IPv6 address its network of 64 bits
 * (https://www.rfc-editor.org/rfc/rfc4291#section-2.5.4), since whoever has one address there has 2^64.
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address;
  const [head = '', tail] = address.replace(/%.*$/, '').split('::');
  const [before, after] = [head, tail ?? ''].map((it) => it.split(':').filter(Boolean)) as [string[], string[]];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - before.length - after.length);
  const parts = [...before, ...Array.from({ length: zeros }, () => '0'), ...after].slice(0, 4);
  return `${parts.map((it) => Number.parseInt(it, 16).toString(16)).join(':')}::/64`;
}
