import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, ServerOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { type RevocationList, readRevocationList } from '../../access/index.ts';
import type { Issue } from '../../fhir/issue.ts';
import { type Result, success } from '../../fhir/result.ts';
import { openClient } from '../../outbound/client.ts';
import type { Log } from '../log.ts';
import { type Expiry, loadMaterial, type Material } from './material.ts';
import { type CertificateOf, certificateOf } from './presented-by.ts';
import { isAddress, type OwnTls, type TlsSettings } from './settings.ts';

/** TLS of a running gateway. */
export type Tls = {
  readonly certificateOf: CertificateOf;
  /** Options of the server; absent: a proxy ends TLS. */
  readonly options?: ServerOptions;
  readonly attach: (server: Server) => void;
  readonly state: () => TlsState;
  /** Reads files and revocation lists again now. */
  readonly reload: () => Promise<void>;
  readonly stop: () => Promise<void>;
};

export type TlsState = {
  readonly expiries: readonly Expiry[];
  /** Codes of the last attempt to read files and lists again, if it failed: what was read before stays in use. */
  readonly failed?: readonly string[];
};

const listLimits = {
  timeout: 30_000,
  limit: 32 * 1024 * 1024,
  cut: new AbortController().signal,
  encoding: 'latin1',
} as const;

/** Reads the files and lists of TLS. Issue: `tls-file-invalid`. */
export async function openTls(settings: TlsSettings, log: Log): Promise<Result<Tls>> {
  if (settings.kind === 'proxy')
    return success({
      certificateOf: certificateOf(settings),
      attach: () => {},
      state: () => ({ expiries: [] }),
      reload: async () => {},
      stop: async () => {},
    });
  return openOwn(settings, log);
}

async function openOwn(settings: OwnTls, log: Log): Promise<Result<Tls>> {
  // addresses of revocation lists are those of the operator's own file
  const client = openClient({ rules: () => undefined, timeout: listLimits.timeout, connections: 2 });
  const lists = new Map<string, RevocationList>();
  await fetchLists(settings, client, lists);
  const first = await loadMaterial(settings, lists);
  if (!first.ok) {
    await client.close();
    return first;
  }
  let material: Material = first.value;
  let failed: readonly string[] | undefined;
  let servers: readonly Server[] = [];
  /** Connections by the trust under which their certificate was verified. */
  const verifiedUnder = new WeakMap<Socket, string>();

  const apply = (next: Result<Material>, unfetched: readonly string[]): void => {
    failed = next.ok
      ? unfetched.length
        ? ['crl-not-fetched']
        : undefined
      : next.issues.map(({ rule }: Issue) => rule);
    if (failed)
      log.error({
        step: 'tls',
        outcome: 'failed',
        because: next.ok ? 'a revocation list was not fetched' : next.issues.map(({ message }) => message).join(' '),
      });
    if (!next.ok || next.value.digest === material.digest) return;
    const isOtherTrust = next.value.trust !== material.trust;
    material = next.value;
    for (const server of servers) {
      server.setSecureContext(material.options);
      // a client that is revoked now must not go on with the connection that it has
      if (isOtherTrust) server.closeIdleConnections();
    }
    log.info({ step: 'tls', outcome: 'reloaded' });
  };
  let running: Promise<void> = Promise.resolve();
  const again = (withLists: boolean): Promise<void> => {
    running = running.then(async () => {
      const unfetched = withLists ? await fetchLists(settings, client, lists) : [];
      apply(await loadMaterial(settings, lists), unfetched);
    });
    return running;
  };
  const timers = [
    setInterval(() => again(false), settings.reloadSeconds * 1_000),
    setInterval(() => again(true), settings.crlMinutes * 60_000),
  ];
  for (const timer of timers) timer.unref();
  const asksClients = settings.clientCa !== undefined;
  return success({
    certificateOf: certificateOf(settings),
    options: {
      ...material.options,
      requestCert: asksClients,
      rejectUnauthorized: asksClients && settings.clientCertificate === 'required',
    },
    attach: (server) => {
      servers = [...servers, server];
      server.on('secureConnection', (socket: TLSSocket) => {
        verifiedUnder.set(socket, material.trust);
        // where a certificate is optional: one that is not valid is no certificate at all, and a reason to refuse
        if (asksClients && !socket.authorized && socket.getPeerX509Certificate()) socket.destroy();
      });
      server.prependListener('request', ({ socket }: IncomingMessage, response: ServerResponse) => {
        if (verifiedUnder.get(socket) === material.trust) return;
        response.removeAllListeners();
        socket.destroy();
      });
    },
    state: () => ({ expiries: material.expiries, ...(failed ? { failed } : {}) }),
    reload: () => again(true),
    stop: async () => {
      for (const timer of timers) clearInterval(timer);
      await running;
      await client.close();
    },
  });
}

/** Fetches the lists that have an address; returns those that failed. An older list than the one in use is no list. */
async function fetchLists(
  { crl }: OwnTls,
  client: ReturnType<typeof openClient>,
  lists: Map<string, RevocationList>,
): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const url of crl.filter(isAddress)) {
    const answer = await client.request(url, { method: 'GET', headers: {} }, listLimits).catch(() => undefined);
    const list =
      answer?.status === 200 && answer.isComplete ? readRevocationList(Buffer.from(answer.text, 'latin1')) : undefined;
    const before = lists.get(url);
    if (!list || (before && list.thisUpdate < before.thisUpdate)) failed.push(url);
    else lists.set(url, list);
  }
  return failed;
}
