import type { CheckedFile, Path } from '../../definitions/checked-yaml.ts';
import { pathText } from '../../definitions/checked-yaml.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import type { DirectoryOrganization } from '../../routing/index.ts';
import type { Partner, Role } from '../network.ts';
import { deliveryOf } from './delivery-file.ts';
import { loginsOf } from './logins.ts';
import type { PartnersFile } from './network-files.ts';
import type { WithIssues } from './with-issues.ts';
import { zgwIssues, zgwOf } from './zgw.ts';

/** Whether a partner only operates the gateway, and receives no messages. */
export const isOperatorOnly = (roles: readonly Role[]): boolean => roles.every((it) => it === 'operator');

/** The partner whose system serves an organisation: `Organization/<id>` to partner id. */
export const partnerByOrganization = ({ partners }: PartnersFile): ReadonlyMap<string, string> =>
  new Map(partners.filter(({ roles }) => !isOperatorOnly(roles)).map(({ organization, id }) => [organization, id]));

/**
 * The partners of partners.yaml, checked against the directory: the organisation of each is a member and has an
 * address.
 */
export function partnersOf(
  file: CheckedFile<PartnersFile>,
  organizations: ReadonlyMap<string, DirectoryOrganization>,
  canBeReached: (organization: string) => boolean,
): WithIssues<readonly Partner[]> {
  const logins = file.value.partners.map((_, index) => loginsOf(file, index));
  const partners = file.value.partners.flatMap(
    (
      {
        address,
        'delivery-token-from': deliveryTokenFrom,
        'notification-token-from': notificationTokenFrom,
        'delivery-lanes': deliveryLanes,
        delivery,
        'notification-endpoints': endpoints,
        'acts-for': actsFor,
        'coordination-task': coordination,
        'request-id': requestId,
        login: _login,
        zgw,
        mail,
        file: drop,
        hl7v2,
        tokens = [],
        ...it
      },
      index,
    ) => {
      const organization = organizations.get(it.organization);
      if (!organization) return [];
      return [
        {
          ...it,
          tokens,
          logins: logins[index]?.value ?? [],
          domain: organization.domain,
          ...(address && address !== fromDirectory ? { address } : {}),
          ...(deliveryTokenFrom ? { deliveryTokenFrom } : {}),
          ...(notificationTokenFrom ? { notificationTokenFrom } : {}),
          ...(zgw ? zgwOf(zgw) : {}),
          ...(mail ? mailOf(mail) : {}),
          ...(hl7v2 ? { destination: { kind: 'hl7v2' as const, address: hl7v2.address } } : {}),
          ...(drop ? { destination: { kind: 'file' as const, folder: drop.folder } } : {}),
          ...(deliveryLanes ? { deliveryLanes } : {}),
          ...(delivery ? { delivery: deliveryOf(delivery) } : {}),
          ...(endpoints ? { notificationEndpoints: endpoints } : {}),
          ...(actsFor ? { actsFor } : {}),
          ...(coordination ? { coordinationTask: { legalBasis: coordination['legal-basis'] } } : {}),
          ...(requestId === 'from-message' ? { requestId } : {}),
        },
      ];
    },
  );
  const ofLogins = logins.flatMap(({ issues }) => issues);
  return {
    value: partners,
    issues: [
      ...invalidPartners(file, organizations, canBeReached),
      ...duplicates(file),
      ...ofLogins,
      ...zgwIssues(file, organizations),
    ],
  };
}

function mailOf({
  'password-from': deliveryTokenFrom,
  'lost-answer': lostAnswer,
  ...it
}: NonNullable<PartnersFile['partners'][number]['mail']>): Pick<Partner, 'destination' | 'deliveryTokenFrom'> {
  return {
    destination: { kind: 'mail', ...it, ...(lostAnswer ? { lostAnswer } : {}) },
    ...(deliveryTokenFrom ? { deliveryTokenFrom } : {}),
  };
}

const fromDirectory = 'from-directory';

function invalidPartners(
  { value, file, placeOf }: CheckedFile<PartnersFile>,
  organizations: ReadonlyMap<string, DirectoryOrganization>,
  canBeReached: (organization: string) => boolean,
): Issue[] {
  return value.partners.flatMap(({ id, organization, channel, address = fromDirectory, ...more }, index) => {
    const unresolved = (more['acts-for'] ?? []).flatMap((target, n) => {
      const path = ['partners', index, 'acts-for', n];
      if (organizations.has(target)) return [];
      return [issue('config-reference-unresolved', { file, path: pathText(path), target }, placeOf(path))];
    });
    if (unresolved.length) return unresolved;
    const path = ['partners', index, 'organization'];
    const it = organizations.get(organization);
    if (!it)
      return [
        issue('config-reference-unresolved', { file, path: pathText(path), target: organization }, placeOf(path)),
      ];
    if (!it.member) return [issue('directory-affiliation-missing', { file, resource: organization }, placeOf(path))];
    return channel === 'fhir-rest' && address === fromDirectory && !canBeReached(organization)
      ? [issue('partner-endpoint-missing', { file, partner: id }, placeOf(['partners', index, 'address']))]
      : [];
  });
}

/** An id, an organisation, a client id and a token belong to one partner, so that a message has one sender and one receiver. */
function duplicates({ value, file, placeOf }: CheckedFile<PartnersFile>): Issue[] {
  const seen = new Set<string>();
  const again = (kind: string, name: string, path: Path): Issue[] => {
    const known = seen.has(`${kind} ${name}`);
    seen.add(`${kind} ${name}`);
    return known ? [issue('config-duplicate', { file, path: pathText(path), name }, placeOf(path))] : [];
  };
  return value.partners.flatMap(({ id, organization, roles, tokens = [], login = [], certificates = [] }, index) => [
    ...again('id', id, ['partners', index, 'id']),
    ...(isOperatorOnly(roles) ? [] : again('organization', organization, ['partners', index, 'organization'])),
    ...login.flatMap((it, n) => again('client', it['client-id'] ?? id, ['partners', index, 'login', n, 'client-id'])),
    ...certificates.flatMap((it, n) =>
      'sha256' in it ? again('certificate', it.sha256, ['partners', index, 'certificates', n, 'sha256']) : [],
    ),
    ...tokens.flatMap(({ sha256 }, n) => again('token', sha256, ['partners', index, 'tokens', n, 'sha256'])),
  ]);
}
