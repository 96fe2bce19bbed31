import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto';

/**
 * Certificates and revocation lists in DER (https://www.rfc-editor.org/rfc/rfc5280), which Node cannot create. OpenSSL in
 * Node's TLS reads them, so a mistake here shows there.
 */

const element = (tag: number, ...contents: readonly Uint8Array[]): Buffer => {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};

const sequence = (...of: readonly Uint8Array[]) => element(0x30, ...of);
const text = (tag: number, it: string) => element(tag, Buffer.from(it, 'latin1'));
const integer = (bytes: Uint8Array) => element(0x02, bytes);
const bits = (bytes: Uint8Array) => element(0x03, Buffer.from([0]), bytes);

function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...others].flatMap((number) => {
    const groups = [number & 0x7f];
    for (let rest = Math.floor(number / 128); rest > 0; rest = Math.floor(rest / 128))
      groups.unshift((rest & 0x7f) | 0x80);
    return groups;
  });
  return element(0x06, Buffer.from(bytes));
}

const time = (date: Date) => text(0x18, `${date.toISOString().replace(/[-:T]|\..*/g, '')}Z`);
const name = (commonName: string, more: readonly Uint8Array[] = []) =>
  sequence(element(0x31, sequence(oid('2.5.4.3'), text(0x0c, commonName))), ...more);
const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
const extension = (id: string, value: Uint8Array, critical = false) =>
  sequence(oid(id), ...(critical ? [element(0x01, Buffer.from([0xff]))] : []), element(0x04, value));
const pem = (label: string, der: Uint8Array) =>
  `-----BEGIN ${label}-----\n${Buffer.from(der)
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`;
const signed = (tbs: Uint8Array, key: KeyObject) => sequence(tbs, algorithm, bits(sign('sha256', tbs, key)));

export type Made = {
  readonly pem: string;
  readonly key: string;
  readonly serial: Buffer;
  readonly name: string;
  readonly certificate: X509Certificate;
};

export type Wanted = {
  readonly name: string;
  readonly by?: Made;
  readonly days?: number;
  /** General names, in DER. */
  readonly names?: readonly Uint8Array[];
  readonly oin?: string;
};

const day = 86_400_000;

/** A certificate of a CA (without `by`), or of a server and client that it signed. */
export function makeCertificate({ name: subject, by, days = 90, names = [], oin }: Wanted): Made {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const serial = Buffer.concat([Buffer.from([0x01]), randomBytes(8)]);
  const extensions = [
    ...(by ? [] : [extension('2.5.29.19', sequence(element(0x01, Buffer.from([0xff]))), true)]),
    ...(by ? [extension('2.5.29.37', sequence(oid('1.3.6.1.5.5.7.3.1'), oid('1.3.6.1.5.5.7.3.2')))] : []),
    ...(names.length ? [extension('2.5.29.17', sequence(...names))] : []),
  ];
  const number = oin ? [element(0x31, sequence(oid('2.5.4.5'), text(0x13, oin)))] : [];
  const until = new Date(Date.now() + days * day);
  const from = new Date(Math.min(Date.now(), until.getTime()) - day);
  const tbs = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    integer(serial),
    algorithm,
    name(by?.name ?? subject),
    sequence(time(from), time(until)),
    name(subject, number),
    publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensions)),
  );
  const der = signed(tbs, by ? createPrivateKey(by.key) : privateKey);
  return {
    pem: pem('CERTIFICATE', der),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    serial,
    name: subject,
    certificate: new X509Certificate(der),
  };
}

/** As in UZI server certificates: `<OID CA>-<version>-<UZI number>-<card type>-<URA>-<role>-<AGB>`. */
export const uziName = (ura: string, card = 'S') =>
  element(
    0xa0,
    oid('2.5.5.5'),
    element(0xa0, text(0x16, `2.16.528.1.1007.99.217-1-999900001-${card}-${ura}-00.000-99990001`)),
  );
export const uriName = (uri: string) => text(0x86, uri);
export const loopbackName = element(0x87, Buffer.from([127, 0, 0, 1]));

/** A revocation list of a CA, in DER. */
export function makeList(by: Made, revoked: readonly Made[] = [], hours = 24, from = Date.now() - 60_000): Buffer {
  const entries = revoked.map(({ serial }) => sequence(integer(serial), time(new Date(from))));
  const tbs = sequence(
    integer(Buffer.from([1])),
    algorithm,
    name(by.name),
    time(new Date(from)),
    time(new Date(Date.now() + hours * 3_600_000)),
    ...(entries.length ? [sequence(...entries)] : []),
  );
  return signed(tbs, createPrivateKey(by.key));
}

export const listPem = (der: Uint8Array) => pem('X509 CRL', der);
