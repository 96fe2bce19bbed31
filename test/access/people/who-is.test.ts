import { expect, test } from 'vitest';
import { requestedLevels } from '../../../src/access/people/people.ts';
import { whoIs } from '../../../src/access/people/person.ts';
import type { PersonRole } from '../../../src/directory/index.ts';
import { providerOf, settingsOf } from '../../support/access/people-gateway.ts';
import { demoConfiguration } from '../../support/demo-configuration.ts';

/** Roles and partner by what the provider stated: professional needs substantial, operator high, engineer nothing. */
const issuer = 'https://login.example';
const people = settingsOf({ provider: providerOf({ issuer, clientId: 'x' }) });

const known = async (stated: object) => {
  const { network } = await demoConfiguration();
  const content = { issuer, subject: 's', roles: [], organizations: ['ura-gp'], since: 0, emergencies: [], ...stated };
  return whoIs({ people, partners: network.partners, isDemo: false }, content, new Date());
};

test.each<[readonly string[], string | undefined, readonly PersonRole[]]>([
  [['professional'], 'substantial', ['professional']],
  [['professional'], 'high', ['professional']],
  [['professional', 'engineer'], 'low', ['engineer']],
  [['engineer'], undefined, ['engineer']],
  [['engineer', 'professional'], 'a level of somebody else', ['engineer']],
  [['operator', 'professional'], 'substantial', ['professional']],
  [['operator', 'professional', 'unknown'], 'high', ['professional', 'operator']],
])('roles %j at level %s: %j', async (roles, assurance, granted) => {
  const found = await known({ roles, ...(assurance ? { assurance } : {}) });
  expect(found.ok && found.value.person.roles).toEqual(granted);
  expect(found.ok && found.value.person.rights.includes('break-glass')).toBe(granted.includes('operator'));
});

test.each<[string, object, string]>([
  ['a level that is too low', { roles: ['operator'], assurance: 'substantial' }, 'login-assurance-insufficient'],
  ['no level', { roles: ['operator'] }, 'login-assurance-insufficient'],
  ['an unknown level', { roles: ['operator'], assurance: 'highest' }, 'login-assurance-insufficient'],
  ['no role', { assurance: 'high' }, 'login-person-unknown'],
  ['a role in other letters', { roles: ['Operator'], assurance: 'high' }, 'login-person-unknown'],
  ['a name that every object has', { roles: ['constructor'], assurance: 'high' }, 'login-person-unknown'],
  ['no organisation', { roles: ['engineer'], organizations: [] }, 'login-person-unknown'],
  ['another issuer', { roles: ['engineer'], issuer: 'https://login.example/' }, 'login-person-unknown'],
  ['two organisations', { roles: ['engineer'], organizations: ['ura-gp', 'ura-ggz'] }, 'login-organization-ambiguous'],
  [
    'two organisations, and a third chosen',
    { roles: ['engineer'], organizations: ['ura-gp', 'ura-ggz'], partner: 'operator' },
    'login-organization-ambiguous',
  ],
])('nobody with %s', async (_, stated, rule) => {
  const found = await known(stated);
  expect(found.issues.map((it) => it.rule)).toEqual([rule]);
});

test('the levels that roles need are requested, the sufficient ones first', () => {
  const of = (minimums: readonly string[]) =>
    requestedLevels({
      people: {
        ...people,
        roles: minimums.map((minimum) => ({ claim: minimum, role: 'engineer', minimum, emergency: false })),
      },
      partners: new Map(),
      isDemo: false,
    });
  expect(of(['high', 'substantial'])).toEqual(['high', 'substantial']);
  expect(of(['low', 'high'])).toEqual(['high', 'substantial', 'low']);
  expect(of(['substantial'])).toEqual(['substantial', 'high']);
  expect(of([])).toEqual([]);
});
