import { BlockList, isIP } from 'node:net';

/**
 * Addresses to which the gateway may connect, as network.yaml states them. Plain data, which crosses to the thread of
 * deliveries. Undefined in place of rules: an address that somebody typed on the command line, which is not judged.
 */
export type AddressRules = {
  /** Hosts of other machines to which `http://` is permitted (`plain-http`), in lower case. */
  readonly plainHttp: ReadonlySet<string>;
  /** Host names, IP addresses and CIDR ranges that are no public addresses and permitted (`private-addresses`), in lower case. */
  readonly named: readonly string[];
  /** A gateway that its partners reach on loopback is a demo or a test: so may its partners be. */
  readonly loopback: boolean;
};

export type AddressProblem = 'not a URL' | 'without TLS' | 'private';

/**
 * Why data of persons must not be sent to an address, as far as its text shows that: the address to which a name resolves is
 * checked at each connection (`connector.ts`). Undefined when it may.
 */
export function addressProblem(address: string, rules: AddressRules | undefined): AddressProblem | undefined {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol) || url.hostname === '') return 'not a URL';
  if (rules === undefined) return undefined;
  const host = hostOf(url);
  const isLocal = rules.loopback && isLoopbackHost(host);
  if (url.protocol === 'http:' && !isLocal && !rules.plainHttp.has(url.hostname)) return 'without TLS';
  if (isLocal) return undefined;
  const isPrivate = isIP(host) ? !isPermittedAddress(host, host, rules) : isLoopbackHost(host) && !isNamed(host, rules);
  return isPrivate ? 'private' : undefined;
}

/** Whether a connection to `host` may go to this IP address, to which it resolved. */
export const isPermittedAddress = (ip: string, host: string, rules: AddressRules): boolean =>
  isPublic(ip) || (rules.loopback && isLoopbackHost(ip)) || isNamed(host, rules) || isNamed(ip, rules);

/** Host of a URL, an IPv6 address without its brackets. */
export const hostOf = ({ hostname }: Pick<URL, 'hostname'>): string => hostname.replace(/^\[|\]$/g, '');

/** `localhost`, names below it, 127.0.0.0/8 and ::1. */
export const isLoopbackHost = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);

/** Whether a text is a host name, an IP address or a CIDR range. */
export function isNameable(text: string): boolean {
  const [address = '', prefix, ...more] = text.split('/');
  if (more.length) return false;
  const version = isIP(address);
  if (prefix !== undefined) return version !== 0 && /^\d{1,3}$/.test(prefix) && Number(prefix) <= bitsOf(version);
  // a name in digits only would be an IPv4 address in another notation
  return version !== 0 || (/^(?:[a-z0-9-]+\.)*[a-z0-9-]+$/i.test(address) && /[a-z][a-z0-9-]*$/i.test(address));
}

const bitsOf = (version: number): number => (version === 4 ? 32 : 128);

function isNamed(host: string, { named }: AddressRules): boolean {
  const version = isIP(host);
  return named.some((it) => {
    const [address = '', prefix] = it.split('/');
    if (prefix === undefined && isIP(address) === 0) return it === host;
    if (version === 0 || isIP(address) !== version) return false;
    return isWithin(host, address, Number(prefix ?? bitsOf(version)));
  });
}

function isWithin(ip: string, address: string, prefix: number): boolean {
  const family = isIP(ip) === 4 ? 'ipv4' : 'ipv6';
  const range = new BlockList();
  range.addSubnet(address, prefix, family);
  return range.check(ip, family);
}

/**
 * Of IPv6 only global unicast counts as public, so that what maps or translates IPv4 (::ffff:0:0/96, 64:ff9b::/96) does not
 * (https://www.iana.org/assignments/iana-ipv6-special-registry).
 */
function isPublic(ip: string): boolean {
  const version = isIP(ip);
  if (version === 4) return !special.check(ip, 'ipv4');
  return version === 6 && globalUnicast.check(ip, 'ipv6') && !special.check(ip, 'ipv6');
}

const globalUnicast = new BlockList();
globalUnicast.addSubnet('2000::', 3, 'ipv6');

/** https://www.iana.org/assignments/iana-ipv4-special-registry, multicast, and what of global unicast IPv6 is special. */
const special = new BlockList();
for (const range of [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
]) {
  const [address = '', prefix] = range.split('/');
  special.addSubnet(address, Number(prefix), address.includes(':') ? 'ipv6' : 'ipv4');
}
