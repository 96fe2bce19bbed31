import { isIP } from 'node:net';
import { type CheckedFile, type Path, pathText } from '../../definitions/checked-yaml.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import type { Resource } from '../../fhir/resource.ts';
import { type AddressRules, addressProblem, hostOf, isNameable } from '../../outbound/address.ts';
import { isUsableTimeZone } from '../../temporal.ts';
import { addressRulesOf } from '../address-rules.ts';
import type { NetworkFile, PartnersFile } from './network-files.ts';
import { isOperatorOnly } from './partners.ts';
import type { FiledResource } from './resource-files.ts';

/**
 * Settings that fit their schema and would fail on first use: a time zone that does not exist, an address that is not a
 * URL, an address of another machine without TLS, limits that contradict each other. They stop the start instead.
 */
export function unusableSettings(
  network: CheckedFile<NetworkFile>,
  partners: CheckedFile<PartnersFile>,
  filed: readonly FiledResource[],
): readonly Issue[] {
  const { timezone, limits = {} } = network.value;
  const bodies = limits['all-bodies-bytes'];
  const body = limits['body-bytes'] ?? defaultBodyBytes;
  const named = network.value['private-addresses'] ?? [];
  const rules = URL.canParse(network.value['base-url'])
    ? addressRulesOf({
        plainHttp: new Set((network.value['plain-http'] ?? []).map(({ host }) => host.toLowerCase())),
        privateAddresses: named.map(({ host }) => host.toLowerCase()),
        baseUrl: network.value['base-url'],
      })
    : undefined;
  return [
    ...(isUsableTimeZone(timezone)
      ? []
      : [invalidValue(network, ['timezone'], 'an IANA time zone such as Europe/Amsterdam')]),
    ...(bodies !== undefined && bodies < body
      ? [invalidValue(network, ['limits', 'all-bodies-bytes'], `body-bytes or more (${body})`)]
      : []),
    ...named.flatMap(({ host }, index) =>
      isNameable(host)
        ? []
        : [
            invalidValue(
              network,
              ['private-addresses', index, 'host'],
              'a host name, an IP address or a range such as 10.0.0.0/8',
            ),
          ],
    ),
    ...(network.value['trusted-proxies'] ?? []).flatMap((it, index) =>
      isNameable(it) && isIP(it.replace(/\/.*/, '')) !== 0
        ? []
        : [invalidValue(network, ['trusted-proxies', index], 'an IP address or a range such as 10.0.0.0/8')],
    ),
    ...[...addressesOf(network.value)].flatMap(([path, address]) =>
      // Partners reach the gateway behind whatever ends TLS, so its own base is only a name here.
      addressIssues(network, path, address, path[0] === 'base-url' ? undefined : rules),
    ),
    ...[...partnerAddresses(partners.value)].flatMap(([path, address]) =>
      addressIssues(partners, path, address, rules),
    ),
    ...filed.flatMap(({ file, resource }) => endpointIssues(file, resource, rules)),
  ];
}

export const defaultBodyBytes = 5 * 1024 * 1024;

/** Partners that cannot log in any more: the operator is warned at the start, before the partner calls. */
export const expiredPartners = ({ value, file, placeOf }: CheckedFile<PartnersFile>, now: Date): readonly Issue[] =>
  value.partners.flatMap(({ id, tokens = [], login = [] }, index) =>
    login.length === 0 &&
    tokens.length > 0 &&
    tokens.every(({ expires }) => expires !== undefined && Date.parse(expires) <= now.getTime())
      ? [issue('partner-tokens-expired', { file, partner: id }, placeOf(['partners', index, 'tokens']))]
      : [],
  );

type Addresses = Iterable<readonly [Path, string]>;

const addressesOf = (it: NetworkFile): Addresses => [
  [['base-url'], it['base-url']] as const,
  ...(it['directory-sources'] ?? []).map(
    ({ address }, index) => [['directory-sources', index, 'address'], address] as const,
  ),
  ...(it.notifications?.subscriptions ?? []).map(
    ({ endpoint }, index) => [['notifications', 'subscriptions', index, 'endpoint'], endpoint] as const,
  ),
  ...(it.terminology ? [[['terminology', 'url'], it.terminology.url] as const] : []),
  ...(it.people?.provider ? [[['people', 'provider', 'issuer'], it.people.provider.issuer] as const] : []),
  ...(it['consent-source'] ? [[['consent-source', 'url'], it['consent-source'].url] as const] : []),
];

const partnerAddresses = ({ partners }: PartnersFile): Addresses =>
  partners.flatMap(({ address, roles, login = [], zgw, 'notification-endpoints': endpoints = [] }, index) => [
    ...(['zaken', 'documenten', 'notificaties'] as const).flatMap((name) =>
      zgw?.[name] === undefined ? [] : [[['partners', index, 'zgw', name], zgw[name]] as const],
    ),
    ...login.flatMap((it, n) =>
      it.kind === 'backend-services' && it['jwks-url'] !== undefined
        ? [[['partners', index, 'login', n, 'jwks-url'], it['jwks-url']] as const]
        : [],
    ),
    ...(address !== undefined && address !== 'from-directory' && !isOperatorOnly(roles)
      ? [[['partners', index, 'address'], address] as const]
      : []),
    ...endpoints.map((it, n) => [['partners', index, 'notification-endpoints', n], it] as const),
  ]);

function addressIssues(
  { file, placeOf }: CheckedFile<unknown>,
  path: Path,
  address: string,
  rules: AddressRules | undefined,
): readonly Issue[] {
  const details = { file, path: pathText(path) };
  return addressProblemIssues(details, address, rules).map((it) => ({ ...it, ...placeOf(path) }));
}

function endpointIssues(file: string, resource: Resource, rules: AddressRules | undefined): readonly Issue[] {
  const { resourceType, id, address, status } = resource as Resource & { address?: unknown; status?: unknown };
  if (resourceType !== 'Endpoint' || status !== 'active' || typeof address !== 'string') return [];
  return addressProblemIssues({ file, path: `Endpoint/${id}.address` }, address, rules);
}

function addressProblemIssues(
  details: { readonly file: string; readonly path: string },
  address: string,
  rules: AddressRules | undefined,
): readonly Issue[] {
  const problem = addressProblem(address, rules);
  if (problem === undefined) return [];
  if (problem === 'not a URL') return [issue('config-value-invalid', { ...details, wanted: 'a URL' })];
  const host = hostOf(new URL(address));
  return [issue(problem === 'private' ? 'address-private' : 'address-without-tls', { ...details, host })];
}

const invalidValue = ({ file, placeOf }: CheckedFile<unknown>, path: Path, wanted: string): Issue =>
  issue('config-value-invalid', { file, path: pathText(path), wanted }, placeOf(path));
