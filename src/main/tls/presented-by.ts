import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import { type PresentedCertificate, presented } from '../../access/index.ts';
import type { ProxyTls, TlsSettings } from './settings.ts';

/** The client certificate of a request; undefined when there is none and none is required. */
export type CertificateOf = (incoming: IncomingMessage) => PresentedCertificate | undefined;

const largestHeader = 16_384;

export function certificateOf(settings: TlsSettings): CertificateOf {
  const absent = settings.clientCertificate === 'required' ? ({ kind: 'missing' } as const) : undefined;
  if (settings.kind === 'proxy') return (incoming) => ofProxy(settings, incoming) ?? absent;
  if (!settings.clientCa) return () => undefined;
  const known = new WeakMap<object, PresentedCertificate>();
  return ({ socket }) => {
    const found = known.get(socket);
    if (found) return found;
    const { authorized, getPeerX509Certificate } = socket as TLSSocket;
    const certificate = authorized ? getPeerX509Certificate.call(socket) : undefined;
    if (!certificate) return absent;
    const read = presented(certificate);
    known.set(socket, read);
    return read;
  };
}

/** A header of the proxy (https://www.rfc-editor.org/rfc/rfc9440), only from its address: anyone else could write one. */
function ofProxy(
  { addresses, header }: ProxyTls,
  { headers, socket }: IncomingMessage,
): PresentedCertificate | undefined {
  const value = headers[header];
  if (value === undefined) return undefined;
  const address = socket.remoteAddress?.replace(/^::ffff:(?=\d+\.)/, '') ?? '';
  const certificate = addresses.includes(address) && typeof value === 'string' ? certificateIn(value) : undefined;
  return certificate ? presented(certificate) : { kind: 'untrusted' };
}

/** `:base64 of DER:`, or PEM encoded as in a URL, as nginx writes it. */
function certificateIn(value: string): X509Certificate | undefined {
  if (value.length > largestHeader) return undefined;
  try {
    const [, base64] = /^:([A-Za-z0-9+/]+={0,2}):$/.exec(value) ?? [];
    return new X509Certificate(base64 === undefined ? decodeURIComponent(value) : Buffer.from(base64, 'base64'));
  } catch {
    return undefined;
  }
}
