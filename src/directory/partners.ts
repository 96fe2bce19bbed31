import { type Issue, issue } from '../fhir/issue.ts';
import type { CheckedFile, Path } from '../routing/checked-yaml.ts';
import { pathText } from '../routing/checked-yaml.ts';
import type { DirectoryOrganization } from '../routing/index.ts';
import type { PartnersFile } from './config.ts';
import type { Made } from './made.ts';
import type { Partner, Role } from './network.ts';

/** Whether a partner only operates the gateway, and is nobody's receiving system. */
export const isOperatorOnly = (roles: readonly Role[]): boolean => roles.every((it) => it === 'operator');

/** Which partner's system serves an organisation: `Organization/<id>` to partner id. */
export const servedBy = ({ partners }: PartnersFile): ReadonlyMap<string, string> =>
  new Map(partners.filter(({ roles }) => !isOperatorOnly(roles)).map(({ organization, id }) => [organization, id]));

/** The partners of partners.yaml, held against the directory: their organisation is a member, and can be reached. */
export function partnersOf(
  file: CheckedFile<PartnersFile>,
  organizations: ReadonlyMap<string, DirectoryOrganization>,
  canBeReached: (organization: string) => boolean,
): Made<readonly Partner[]> {
  const partners = file.value.partners.flatMap(
    ({ address, 'delivery-token-from': deliveryTokenFrom, 'notification-endpoints': endpoints, ...it }) => {
      const organization = organizations.get(it.organization);
      if (!organization) return [];
      return [
        {
          ...it,
          domain: organization.domain,
          ...(address && address !== fromDirectory ? { address } : {}),
          ...(deliveryTokenFrom ? { deliveryTokenFrom } : {}),
          ...(endpoints ? { notificationEndpoints: endpoints } : {}),
        },
      ];
    },
  );
  return { value: partners, issues: [...unfit(file, organizations, canBeReached), ...duplicates(file)] };
}

const fromDirectory = 'from-directory';

function unfit(
  { value, file, placeOf }: CheckedFile<PartnersFile>,
  organizations: ReadonlyMap<string, DirectoryOrganization>,
  canBeReached: (organization: string) => boolean,
): Issue[] {
  return value.partners.flatMap(({ id, organization, channel, address = fromDirectory }, index) => {
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

/** An id, an organisation and a token belong to one partner: a message must have one sender and one receiver. */
function duplicates({ value, file, placeOf }: CheckedFile<PartnersFile>): Issue[] {
  const seen = new Set<string>();
  const again = (kind: string, name: string, path: Path): Issue[] => {
    const known = seen.has(`${kind} ${name}`);
    seen.add(`${kind} ${name}`);
    return known ? [issue('config-duplicate', { file, path: pathText(path), name }, placeOf(path))] : [];
  };
  return value.partners.flatMap(({ id, organization, roles, tokens }, index) => [
    ...again('id', id, ['partners', index, 'id']),
    ...(isOperatorOnly(roles) ? [] : again('organization', organization, ['partners', index, 'organization'])),
    ...tokens.flatMap(({ sha256 }, n) => again('token', sha256, ['partners', index, 'tokens', n, 'sha256'])),
  ]);
}
