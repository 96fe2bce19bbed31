import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type AddressRules, hostOf } from '../../../outbound/address.ts';
import { AddressRefused } from '../../../outbound/connector.ts';
import { mayBePlain, openSocket } from '../../../outbound/socket.ts';

export type MllpOptions = {
  readonly rules: () => AddressRules | undefined;
  readonly timeout: number;
  /** Of an answer, in bytes. */
  readonly limit: number;
  readonly cut: AbortSignal;
};

const start = 0x0b;
const end = Buffer.from([0x1c, 0x0d]);

/**
 * Sends one message and reads one answer (Minimal Lower Layer Protocol, release 1). A connection for each message: an answer that
 * comes late is never taken for that of the next one. Rejects without an answer.
 */
export async function exchangeByMllp(address: string, message: string, options: MllpOptions): Promise<string> {
  const { rules, timeout, limit, cut } = options;
  const { hostname, port, protocol } = new URL(address);
  const host = hostOf({ hostname });
  const isSecure = protocol === 'mllps:';
  if (!isSecure && !mayBePlain(hostname, rules())) throw new AddressRefused();
  const tcp = await openSocket({ host, port: Number(port), rules, timeout, cut });
  const socket: Socket = isSecure ? connectTls({ socket: tcp, servername: host }) : tcp;
  try {
    return await new Promise((resolve, reject) => {
      const parts: Buffer[] = [];
      let length = 0;
      let last = -1;
      socket.on('error', reject);
      tcp.on('error', reject);
      socket.on('close', () => reject(Object.assign(new Error('closed'), { code: 'ECONNRESET' })));
      socket.on('data', (part: Buffer) => {
        // searched from where the part before ended, which may be in the middle of the end
        const at = last === end[0] && part[0] === end[1] ? -1 : part.indexOf(end);
        const isEnd = at >= 0 || (last === end[0] && part[0] === end[1]);
        parts.push(part);
        if (isEnd) {
          const received = Buffer.concat(parts);
          resolve(received.subarray(received[0] === start ? 1 : 0, length + at).toString());
          return;
        }
        length += part.length;
        last = part.at(-1) ?? last;
        if (length > limit) reject(Object.assign(new Error('too long'), { code: 'ECONNRESET' }));
      });
      socket.write(Buffer.concat([Buffer.from([start]), Buffer.from(message), end]));
    });
  } finally {
    socket.destroy();
    tcp.destroy();
  }
}
