import { connect, isIP, type Socket } from 'node:net';
import { type AddressRules, hostOf, isLoopbackHost, isPermittedAddress } from './address.ts';
import { AddressRefused, guardedLookup } from './connector.ts';

export type SocketOptions = {
  readonly host: string;
  readonly port: number;
  /** Read at the connection. */
  readonly rules: () => AddressRules | undefined;
  /** Milliseconds to connect and between two parts, and of the connection as a whole: a peer may send a byte now and then. */
  readonly timeout: number;
  readonly cut: AbortSignal;
};

/**
 * A TCP connection to a permitted address, for protocols other than HTTP. Rejects with `AddressRefused`, or with the error of
 * the connection.
 */
export const openSocket = ({ host, port, rules, timeout, cut }: SocketOptions): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const current = rules();
    if (current !== undefined && isIP(host) !== 0 && !isPermittedAddress(host, host, current)) {
      reject(new AddressRefused());
      return;
    }
    const socket = connect({ host, port, lookup: guardedLookup(rules), signal: cut });
    const giveUp = () => socket.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' }));
    socket.setTimeout(timeout, giveUp);
    const whole = setTimeout(giveUp, timeout);
    socket.once('close', () => clearTimeout(whole));
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });

/** Whether data of persons may pass to a host without TLS; `host` as in a URL. */
export const mayBePlain = (host: string, rules: AddressRules | undefined): boolean =>
  rules === undefined ||
  rules.plainHttp.has(host.toLowerCase()) ||
  (rules.loopback && isLoopbackHost(hostOf({ hostname: host })));
