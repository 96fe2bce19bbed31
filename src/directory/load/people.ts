import { type CheckedFile, type Path, pathText } from '../../definitions/checked-yaml.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { isDemo } from '../address-rules.ts';
import type { PeopleSettings, ProviderSettings } from '../login/people.ts';
import type { NetworkFile } from './network-files.ts';
import type { PeopleFile } from './people-file.ts';
import type { WithIssues } from './with-issues.ts';

const minute = 60_000;

/**
 * The settings for people who log in; undefined when the network has none. Issues: `config-reference-unresolved` for a partner or a
 * level of assurance that is not there, `config-duplicate`, `config-value-invalid` where a session cookie would go without TLS.
 */
export function peopleOf(
  network: CheckedFile<NetworkFile>,
  isPartner: (id: string) => boolean,
): WithIssues<PeopleSettings | undefined> {
  const { people } = network.value;
  if (!people) return { value: undefined, issues: [] };
  const { provider, roles = [], organizations = [], sessions = {}, 'demo-persons': demo = [] } = people;
  const value: PeopleSettings = {
    ...(provider ? { provider: providerOf(provider) } : {}),
    roles: roles.map(({ claim, role, emergency = false, 'minimum-assurance': minimum }) => ({
      claim,
      role,
      emergency,
      ...(minimum === undefined ? {} : { minimum }),
    })),
    organizations,
    sessions: {
      idle: (sessions['idle-minutes'] ?? 30) * minute,
      longest: (sessions['longest-hours'] ?? 10) * 60 * minute,
    },
    emergency: (people['emergency-minutes'] ?? 30) * minute,
    demoPersons: demo.map(({ emergency = false, ...it }) => ({ ...it, emergency })),
  };
  return { value, issues: [...unresolved(network, people, isPartner), ...unusable(network, people)] };
}

const providerOf = (it: NonNullable<PeopleFile['provider']>): ProviderSettings => {
  const secret = it['client-secret-from'];
  return {
    issuer: it.issuer,
    clientId: it['client-id'],
    authentication:
      secret === undefined ? { kind: 'key', from: it['client-key-from'] ?? '' } : { kind: 'secret', from: secret },
    scopes: it.scopes ?? ['openid', 'profile'],
    claims: {
      roles: it.claims?.roles ?? 'roles',
      organization: it.claims?.organization ?? 'organization',
      name: it.claims?.name ?? 'name',
    },
    assurance: it.assurance ?? [],
  };
};

function unresolved(
  { file, placeOf }: CheckedFile<NetworkFile>,
  { provider, roles = [], organizations = [], 'demo-persons': demo = [] }: PeopleFile,
  isPartner: (id: string) => boolean,
): readonly Issue[] {
  const missing = (path: Path, target: string) =>
    issue('config-reference-unresolved', { file, path: pathText(path), target }, placeOf(path));
  const levels = provider?.assurance ?? [];
  return [
    ...organizations.flatMap(({ partner }, n) =>
      isPartner(partner) ? [] : [missing(['people', 'organizations', n, 'partner'], partner)],
    ),
    ...demo.flatMap(({ partner }, n) =>
      isPartner(partner) ? [] : [missing(['people', 'demo-persons', n, 'partner'], partner)],
    ),
    ...roles.flatMap(({ 'minimum-assurance': minimum }, n) =>
      minimum === undefined || levels.includes(minimum)
        ? []
        : [missing(['people', 'roles', n, 'minimum-assurance'], minimum)],
    ),
  ];
}

function unusable(
  { file, placeOf, value }: CheckedFile<NetworkFile>,
  { provider, organizations = [], 'demo-persons': demo = [] }: PeopleFile,
): readonly Issue[] {
  const twice = (names: readonly string[], key: string, member: string): Issue[] =>
    names.flatMap((name, n) => {
      const path = ['people', key, n, member];
      return names.indexOf(name) === n
        ? []
        : [issue('config-duplicate', { file, path: pathText(path), name }, placeOf(path))];
    });
  const isInClear = value['base-url'].startsWith('http:') && !isDemo({ baseUrl: value['base-url'] });
  return [
    ...twice(
      organizations.map(({ claim }) => claim),
      'organizations',
      'claim',
    ),
    ...twice(
      demo.map(({ id }) => id),
      'demo-persons',
      'id',
    ),
    ...(provider && isInClear
      ? [
          issue(
            'config-value-invalid',
            { file, path: 'base-url', wanted: 'an https address, since people log in with a cookie' },
            placeOf(['base-url']),
          ),
        ]
      : []),
  ];
}
