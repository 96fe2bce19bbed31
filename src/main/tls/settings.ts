import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { readChecked } from '../../definitions/checked-yaml.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import schema from './tls.json' with { type: 'json' };

/** TLS of the gateway itself, or the proxy that ends it. Of one machine, so no part of a configuration set. */
export type TlsSettings = OwnTls | ProxyTls;

type Common = {
  /** Whether a request without a client certificate may log in. */
  readonly clientCertificate: 'required' | 'optional';
};

export type OwnTls = Common & {
  readonly kind: 'own';
  /** Files in PEM. */
  readonly certificate: string;
  readonly key: string;
  /** CAs of client certificates; absent: clients show none. */
  readonly clientCa?: string;
  /** Files, or http(s) addresses: a revocation list is signed. */
  readonly crl: readonly string[];
  readonly crlMinutes: number;
  readonly reloadSeconds: number;
};

export type ProxyTls = Common & {
  readonly kind: 'proxy';
  readonly addresses: readonly string[];
  /** In lower case. */
  readonly header: string;
};

/** tls.yaml as written. */
type TlsFile = {
  readonly certificate?: string;
  readonly key?: string;
  readonly 'client-ca'?: string;
  readonly 'client-certificate'?: 'required' | 'optional';
  readonly crl?: readonly string[];
  readonly 'crl-every-minutes'?: number;
  readonly 'reload-every-seconds'?: number;
  readonly proxy?: { readonly addresses: readonly string[]; readonly header?: string };
};

/** Issues: `config-unreadable`, and those of `readChecked`. */
export async function readTlsSettings(file: string): Promise<Result<TlsSettings>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (text instanceof Error) return failure(issue('config-unreadable', { file, problem: text.code ?? 'error' }));
  const read = readChecked<TlsFile>(text, file, schema);
  if (!read.ok) return read;
  const it = read.value.value;
  const clientCertificate = it['client-certificate'] ?? 'required';
  if (it.proxy) {
    const { addresses, header = 'Client-Cert' } = it.proxy;
    return success({ kind: 'proxy', clientCertificate, addresses, header: header.toLowerCase() });
  }
  const at = (path: string): string => resolve(dirname(file), path);
  return success({
    kind: 'own',
    clientCertificate,
    certificate: at(it.certificate ?? ''),
    key: at(it.key ?? ''),
    ...(it['client-ca'] ? { clientCa: at(it['client-ca']) } : {}),
    crl: (it.crl ?? []).map((one) => (isAddress(one) ? one : at(one))),
    crlMinutes: it['crl-every-minutes'] ?? 60,
    reloadSeconds: it['reload-every-seconds'] ?? 60,
  });
}

export const isAddress = (text: string): boolean => /^https?:\/\//.test(text);
