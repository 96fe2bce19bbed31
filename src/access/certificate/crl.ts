import { type Element, elementsIn, readElement, sequence } from './der.ts';

/** A certificate revocation list (https://www.rfc-editor.org/rfc/rfc5280#section-5), as far as its age is concerned. */
export type RevocationList = { readonly pem: string; readonly thisUpdate: Date; readonly nextUpdate?: Date };

const timeTags = { utc: 0x17, generalized: 0x18 };

/** Reads a list in DER or PEM; its signature is verified with each certificate, by TLS. Undefined: no list. */
export function readRevocationList(bytes: Uint8Array): RevocationList | undefined {
  const text = Buffer.from(bytes.subarray(0, 64)).toString('latin1');
  const der = text.includes('-----BEGIN X509 CRL-----') ? fromPem(Buffer.from(bytes).toString('latin1')) : bytes;
  const list = der && readElement(der);
  if (!list || list.tag !== sequence || list.rest.length > 0) return undefined;
  const [tbs] = elementsIn(list.content);
  if (tbs?.tag !== sequence) return undefined;
  const [thisUpdate, nextUpdate] = elementsIn(tbs.content)
    .filter(({ tag }) => tag === timeTags.utc || tag === timeTags.generalized)
    .map(timeOf);
  if (!thisUpdate) return undefined;
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  const pem = `-----BEGIN X509 CRL-----\n${lines.join('\n')}\n-----END X509 CRL-----\n`;
  return { pem, thisUpdate, ...(nextUpdate ? { nextUpdate } : {}) };
}

function fromPem(text: string): Uint8Array | undefined {
  const [, base64] = /-----BEGIN X509 CRL-----([^-]+)-----END X509 CRL-----/.exec(text) ?? [];
  return base64 === undefined ? undefined : Buffer.from(base64, 'base64');
}

/** `YYMMDDHHMMSSZ`, of the years 1950 to 2049, or `YYYYMMDDHHMMSSZ`. */
function timeOf({ tag, content }: Element): Date | undefined {
  const text = Buffer.from(content).toString('latin1');
  const full = tag === timeTags.utc ? `${Number(text.slice(0, 2)) < 50 ? '20' : '19'}${text}` : text;
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full) ?? [];
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map(Number);
  return parts.length ? new Date(Date.UTC(year, month - 1, day, hour, minute, second)) : undefined;
}
