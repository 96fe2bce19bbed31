import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import type { ReadDocument } from '../access/index.ts';
import { isDemo, type Network } from '../directory/index.ts';

/** Of an answer, and of the whole exchange. */
const limits = { bytes: 64 * 1024, milliseconds: 5_000 };

/**
 * Reads key sets of clients: by https only, without following a redirect, at most 64 KiB within 5 seconds, and from public
 * addresses only, as checked on the very address to which the connection goes. A demo network may read from loopback too.
 */
export function readDocument(settings: Network['settings']): ReadDocument {
  const mayBeLoopback = isDemo(settings);
  const isPermitted = (ip: string): boolean => (mayBeLoopback && isLoopback(ip)) || isPublic(ip);
  const guarded: LookupFunction = (host, options, callback) =>
    lookup(host, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, [], 0);
      if (!addresses.every(({ address }) => isPermitted(address))) return callback(new Error('ADDRESS_REFUSED'), [], 0);
      const [first] = addresses;
      return options.all ? callback(null, addresses) : callback(null, first?.address ?? '', first?.family ?? 0);
    });
  const agent = new Agent({ connect: { lookup: guarded, timeout: limits.milliseconds }, connections: 2 });
  return async (text) => {
    const url = new URL(text);
    const host = url.hostname.replace(/^\[|\]$/g, '');
    const isPlainDemo = url.protocol === 'http:' && mayBeLoopback && (isLoopback(host) || host === 'localhost');
    if ((url.protocol !== 'https:' && !isPlainDemo) || (isIP(host) !== 0 && !isPermitted(host))) return undefined;
    const answer = await request(url, {
      dispatcher: agent,
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(limits.milliseconds),
    });
    const read = answer.statusCode === 200 ? await readAll(answer.body) : undefined;
    if (read === undefined) {
      answer.body.on('error', () => {}).destroy();
      return undefined;
    }
    const age = /(?:^|[,\s])max-age=(\d{1,9})/.exec(String(answer.headers['cache-control'] ?? ''))?.[1];
    return { text: read, ...(age ? { maxAge: Number(age) } : {}) };
  };
}

async function readAll(body: AsyncIterable<Uint8Array>): Promise<string | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.byteLength;
    if (size > limits.bytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

const isLoopback = (ip: string): boolean => ip === '::1' || /^127\.\d+\.\d+\.\d+$/.test(ip);

/** Of IPv6 only global unicast: what maps or translates IPv4 is not public. */
const isPublic = (ip: string): boolean =>
  isIP(ip) === 4 ? !special.check(ip, 'ipv4') : global.check(ip, 'ipv6') && !special.check(ip, 'ipv6');

const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');

/** https://www.iana.org/assignments/iana-ipv4-special-registry, multicast, and what of IPv6 is special. */
const special = new BlockList();
for (const [address, prefix] of [
  ...([
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ] as const),
  ...([
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
  ] as const),
  ...([
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 4],
    ['240.0.0.0', 4],
  ] as const),
])
  special.addSubnet(address, prefix, 'ipv4');
for (const [address, prefix] of [
  ['2001:db8::', 32],
  ['2002::', 16],
] as const)
  special.addSubnet(address, prefix, 'ipv6');
