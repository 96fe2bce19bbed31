import { createServer, Server as HttpServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import type { Rig } from './channel-rigs.ts';

const zaak = { url: 'http://127.0.0.1:1/zaken/api/v1/zaken/1', zaaktype: 'x' };
const wrong: readonly unknown[] = [null, [], [null], {}, 'text', 7, true];

/** Answers that no contract has. */
export const illFormed: readonly string[] = [
  ...['', 'text', '<html>', '{', '"text"', '7', 'true'],
  ...wrong.flatMap((it) => [
    JSON.stringify(it),
    JSON.stringify({ results: it, zaak: it, url: it }),
    JSON.stringify({ results: [{ ...zaak, kenmerken: it, identificatie: it, status: it, resultaat: it }] }),
    JSON.stringify({ code: it, invalidParams: it }),
    JSON.stringify({ resourceType: 'OperationOutcome', issue: it, entry: it }),
    JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ code: it, details: it }], entry: [it] }),
    JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ code: 'invalid', details: { coding: it } }] }),
    JSON.stringify({ resourceType: 'OperationOutcome', issue: [{ details: { coding: [{ code: it }] } }] }),
  ]),
];

/** A peer that gives the same answer to everything. `created` counts the zaken that it was asked to create. */
export async function openBabbler(channel: Rig['channel'], status: number, body: string) {
  let created = 0;
  const isHttp = channel === 'zgw' || channel === 'fhir-rest';
  const server = isHttp
    ? createServer((request, response) => {
        if (request.method === 'POST' && request.url?.endsWith('/zaken')) created += 1;
        request.resume().on('end', () => response.writeHead(status, { 'content-type': 'application/json' }).end(body));
      })
    : createTcpServer((socket) => {
        socket.on('error', () => {});
        socket.resume().end(channel === 'hl7v2' ? `\u000b${body}\u001c\r` : `${body}\r\n`);
      });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    created: () => created,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        if (server instanceof HttpServer) server.closeAllConnections();
      }),
  };
}
