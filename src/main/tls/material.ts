import { createPrivateKey, hash, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { type RevocationList, readRevocationList } from '../../access/index.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { isAddress, type OwnTls } from './settings.ts';

/** Something that ends: a certificate, or a revocation list that must be replaced by then. */
export type Expiry = { readonly name: string; readonly expires: Date; readonly kind: 'certificate' | 'crl' };

export type Material = {
  readonly options: SecureContextOptions;
  readonly expiries: readonly Expiry[];
  /** Of everything, and of what decides about clients. */
  readonly digest: string;
  readonly trust: string;
};

export type FetchedLists = ReadonlyMap<string, RevocationList>;

/**
 * Reads the files of TLS, with the revocation lists that were fetched. A key that does not fit, a file that is no PEM or a
 * missing list is a failure: the material before it stays in use. Issue: `tls-file-invalid`.
 */
export async function loadMaterial(settings: OwnTls, fetched: FetchedLists): Promise<Result<Material>> {
  const { certificate, key, clientCa, crl } = settings;
  const files = [certificate, key, ...(clientCa ? [clientCa] : []), ...crl.filter((it) => !isAddress(it))];
  const read = new Map<string, Buffer>();
  for (const file of files) {
    const bytes = await readFile(file).catch((error: NodeJS.ErrnoException) => error);
    if (bytes instanceof Error) return invalid(file, bytes.code ?? 'unreadable');
    read.set(file, bytes);
  }
  const text = (file: string): string => read.get(file)?.toString('latin1') ?? '';
  const lists: (readonly [string, RevocationList])[] = [];
  for (const one of crl) {
    const list = isAddress(one) ? fetched.get(one) : readRevocationList(read.get(one) ?? new Uint8Array());
    if (!list) return invalid(one, isAddress(one) ? 'not fetched' : 'no revocation list');
    lists.push([one, list]);
  }
  const [own, cas] = [certificatesIn(text(certificate)), clientCa ? certificatesIn(text(clientCa)) : []];
  if (!own?.length) return invalid(certificate, 'no certificate');
  if (!cas || (clientCa && !cas.length)) return invalid(clientCa ?? '', 'no certificate');
  const pems = lists.map(([, { pem }]) => pem);
  const options: SecureContextOptions = {
    cert: text(certificate),
    key: text(key),
    minVersion: 'TLSv1.3',
    ...(clientCa ? { ca: text(clientCa), crl: pems } : {}),
  };
  try {
    if (!own[0]?.checkPrivateKey(createPrivateKey(text(key)))) return invalid(key, 'not the key of the certificate');
    createSecureContext(options);
  } catch (error) {
    return invalid(key, (error as NodeJS.ErrnoException).code ?? 'unusable');
  }
  const trust = hash('sha256', JSON.stringify([clientCa ? text(clientCa) : '', pems]), 'hex');
  return success({
    options,
    expiries: [
      ...own.map((it, n) => expiryOf(n === 0 ? 'server' : `server chain ${n}`, it)),
      ...cas.map((it, n) => expiryOf(`client-ca ${n + 1}`, it)),
      ...lists.flatMap(([, { nextUpdate }], n) =>
        nextUpdate ? [{ name: `crl ${n + 1}`, expires: nextUpdate, kind: 'crl' as const }] : [],
      ),
    ],
    trust,
    digest: hash('sha256', JSON.stringify([trust, text(certificate), text(key)]), 'hex'),
  });
}

const invalid = (file: string, problem: string) => failure(issue('tls-file-invalid', { file, problem }));

const expiryOf = (name: string, { validToDate }: X509Certificate): Expiry => ({
  name,
  expires: validToDate,
  kind: 'certificate',
});

function certificatesIn(pem: string): readonly X509Certificate[] | undefined {
  try {
    const found = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
    return found.map((it) => new X509Certificate(it));
  } catch {
    return undefined;
  }
}
