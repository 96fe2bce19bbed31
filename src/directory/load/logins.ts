import { type CheckedFile, type Path, pathText } from '../../definitions/checked-yaml.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { type PublicKey, readKeySet } from '../login/jwks.ts';
import type { PartnerLogin, TrustedIssuer } from '../login/login.ts';
import type { LoginFile } from './login-file.ts';
import type { NetworkFile, PartnersFile } from './network-files.ts';
import type { WithIssues } from './with-issues.ts';

/** Everything that a partner itself may do. */
const allScopes = ['system/*.cruds'];

/**
 * The logins of a partner by its entry in partners.yaml. Issues: `login-keys-invalid`, for inline keys that are private,
 * symmetric, too weak or of another algorithm.
 */
export function loginsOf(file: CheckedFile<PartnersFile>, index: number): WithIssues<readonly PartnerLogin[]> {
  const partner = file.value.partners[index];
  const read = (partner?.login ?? []).map((it, n) =>
    loginOf(file, partner?.id ?? '', it, ['partners', index, 'login', n]),
  );
  return { value: read.flatMap(({ value }) => value), issues: read.flatMap(({ issues }) => issues) };
}

function loginOf(
  file: CheckedFile<unknown>,
  partner: string,
  it: LoginFile,
  path: Path,
): WithIssues<readonly PartnerLogin[]> {
  const common = { clientId: it['client-id'] ?? partner, scopes: (it.scopes ?? allScopes).join(' ') };
  if (it.kind !== 'backend-services') return { value: [{ ...common, kind: it.kind }], issues: [] };
  const bound = it.bound ? { bound: it.bound } : {};
  const url = it['jwks-url'];
  if (url !== undefined) return { value: [{ ...common, ...bound, kind: it.kind, keys: { url } }], issues: [] };
  const inline = inlineKeys(file, it.jwks, [...path, 'jwks']);
  return {
    value: inline.value ? [{ ...common, ...bound, kind: it.kind, keys: { inline: inline.value } }] : [],
    issues: inline.issues,
  };
}

/** Issuers of credentials, with their keys. Issues: `login-keys-invalid`. */
export function trustedIssuersOf(file: CheckedFile<NetworkFile>): WithIssues<readonly TrustedIssuer[]> {
  const issuers = file.value.presentations?.['trusted-issuers'] ?? [];
  const read = issuers.map(({ id, jwks }, n) => {
    const keys = inlineKeys(file, jwks, ['presentations', 'trusted-issuers', n, 'jwks']);
    return { value: keys.value ? [{ id, keys: keys.value }] : [], issues: keys.issues };
  });
  return { value: read.flatMap(({ value }) => value), issues: read.flatMap(({ issues }) => issues) };
}

function inlineKeys(
  { file, placeOf }: CheckedFile<unknown>,
  jwks: unknown,
  path: Path,
): { readonly value?: readonly PublicKey[]; readonly issues: readonly Issue[] } {
  const read = readKeySet(jwks);
  const problem =
    'problem' in read ? read.problem : read.omitted > 0 || read.keys.length === 0 ? 'unusable-key' : undefined;
  if (problem) return { issues: [issue('login-keys-invalid', { file, path: pathText(path), problem }, placeOf(path))] };
  return 'keys' in read ? { value: read.keys, issues: [] } : { issues: [] };
}
