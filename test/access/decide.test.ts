import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { preparsePolicySet, statefulIsAuthorized } from '@cedar-policy/cedar-wasm/nodejs';
import { describe, expect, test } from 'vitest';
import { decide } from '../../src/access/decide/decide.ts';
import {
  type ActionName,
  actionNames,
  domains,
  type Question,
  relations,
  resourceKinds,
  rightNames,
  roleNames,
  taskStates,
} from '../../src/access/decide/question.ts';
import { rightsOf, rightsOfRole } from '../../src/access/decide/rights.ts';
import { rules } from '../../src/access/decide/rules.ts';
import type { PersonRole } from '../../src/directory/index.ts';
import { isLong } from '../support/long.ts';
import { type Random, random } from '../support/random.ts';

const some = <T>(it: Random, from: readonly T[]): T[] => from.filter(() => it.chance(0.4));
const perhaps = <T>(it: Random, value: T): T | undefined => (it.chance(0.6) ? value : undefined);

/** Any question, also one that the gateway never asks. */
function questionOf(it: Random): Question {
  const known = it.chance(0.95);
  const context = {
    senders: perhaps(it, some(it, roleNames)),
    person: perhaps(it, it.pick(['readable', 'unreadable'] as const)),
    task: perhaps(it, it.pick(taskStates)),
    consent: perhaps(it, it.pick(['permit', 'deny'] as const)),
    emergency: it.chance(0.3) ? ('open' as const) : undefined,
  };
  const isPerson = it.chance(0.5);
  return {
    subject: {
      type: !known ? 'nobody' : isPerson ? 'person' : 'partner',
      id: 'somebody',
      properties: {
        roles: some(it, roleNames),
        domain: it.pick(domains),
        member: it.chance(0.5),
        ...(isPerson ? { rights: some(it, rightNames) } : {}),
      },
    },
    action: { name: it.pick(actionNames) as ActionName },
    resource: { type: it.pick(resourceKinds), properties: { relation: it.pick(relations) } },
    context: Object.fromEntries(Object.entries(context).filter(([, value]) => value !== undefined)),
  };
}

const seed = Number(process.env.MGN_SEED ?? 20_261_130);
const count = isLong ? 100_000 : 5_000;

describe('the default is to deny', () => {
  test('nobody may do anything', () => {
    const it = random(seed);
    for (let n = 0; n < 2_000; n++) {
      const question = questionOf(it);
      const decided = decide({ ...question, subject: { ...question.subject, type: 'nobody' } });
      expect(decided).toEqual({ decision: false, context: { code: 'login-missing' } });
    }
  });

  test('every rule is needed: for each there is a question that it alone decides, and as it says', () => {
    const it = random(seed);
    const used = new Set<string>();
    for (let n = 0; n < 300_000 && used.size < rules.length; n++) {
      const decided = decide(questionOf(it));
      if (decided.decision) used.add(decided.context.rule);
    }
    expect(rules.map(({ rule }) => rule).filter((rule) => !used.has(rule))).toEqual([]);
    expect(new Set(rules.map(({ rule }) => rule)).size).toBe(rules.length);
  });

  test.each([
    ['a candidate, of anything but its Task', 'read', 'record', 'candidate', 'not-found'],
    ['whose Task ended, of anything but its Task', 'case', 'record', 'ended', 'not-found'],
    ['who got a Task disclosed, to move it', 'transition', 'task', 'disclosed', 'move-forbidden'],
    ['who did not send a Consent, to end it', 'update', 'record', 'disclosed', 'move-forbidden'],
    ['another, of a Subscription', 'subscription-events', 'subscription', 'none', 'not-found'],
    ['a partner, of the work of an operator', 'dead-letters', 'operation', 'unread', 'operator-only'],
    ['a history of all Tasks', 'history-type', 'task', 'unread', 'not-found'],
  ] as const)('%s', (_, name, type, relation, code) => {
    const decided = decide({
      subject: {
        type: 'partner',
        id: 'it',
        properties: { roles: ['referrer', 'provider'], domain: 'care', member: true },
      },
      action: { name },
      resource: { type, properties: { relation } },
      context: {},
    });
    expect(decided).toEqual({ decision: false, context: { code } });
  });
});

describe('a person', () => {
  test('may nothing that the partner may not, but begin and use emergency access', () => {
    const it = random(seed);
    const more = new Set<string>();
    for (let n = 0; n < 100_000; n++) {
      const question = questionOf(it);
      const asked = { ...question, subject: { ...question.subject, type: 'person' as const } };
      const decided = decide(asked);
      if (!decided.decision) continue;
      const ofPartner = decide({ ...asked, subject: { ...asked.subject, type: 'partner' } });
      if (!ofPartner.decision) more.add(decided.context.rule);
    }
    expect([...more].sort()).toEqual(['begin-emergency', 'emergency']);
  });

  test('without rights may nothing, and with all but one not what that one is for', () => {
    const it = random(seed);
    const needed = new Map<string, Set<string>>();
    for (let n = 0; n < 40_000; n++) {
      const question = questionOf(it);
      const as = (rights: readonly (typeof rightNames)[number][]) =>
        decide({
          ...question,
          subject: { ...question.subject, type: 'person', properties: { ...question.subject.properties, rights } },
        });
      expect(as([]).decision).toBe(false);
      const whole = as(rightNames);
      if (!whole.decision) continue;
      for (const right of rightNames)
        if (!as(rightNames.filter((one) => one !== right)).decision)
          needed.set(right, (needed.get(right) ?? new Set()).add(whole.context.rule));
    }
    expect([...needed.keys()].sort()).toEqual([...rightNames].sort());
    expect(needed.get('see-body')).toContain('record');
    expect(needed.get('see-envelope')).toEqual(new Set(['envelope-of-network', 'own-envelope', 'own-deliveries']));
    expect(needed.get('see-issues')).toEqual(new Set(['issues-of-network', 'own-issues']));
  });

  test.each(Object.keys(rightsOfRole) as PersonRole[])(
    '%s: contents, envelope and findings are three rights',
    (role) => {
      const may = (name: ActionName, relation: 'sender' | 'none') =>
        decide({
          subject: {
            type: 'person',
            id: 'it',
            properties: {
              roles: ['referrer', 'operator'],
              domain: 'care',
              member: true,
              rights: rightsOf([role], false),
            },
          },
          action: { name },
          resource: { type: 'record', properties: { relation } },
          context: {},
        }).decision;
      const rights = rightsOfRole[role];
      expect(may('read', 'sender')).toBe(rights.includes('see-body'));
      expect(may('read', 'none')).toBe(false);
      expect(may('see-envelope', 'none')).toBe(rights.includes('see-envelope'));
      expect(may('see-issues', 'none')).toBe(rights.includes('see-issues'));
      expect(rightsOf([role], true).includes('break-glass')).toBe(true);
    },
  );
});

test(`the same decisions, written by hand in Cedar, on ${count} questions by seed ${seed}`, {
  timeout: 600_000,
}, () => {
  const policies = readFileSync(join(import.meta.dirname, 'policies.cedar'), 'utf8');
  expect(preparsePolicySet('gateway', { staticPolicies: policies })).toMatchObject({ type: 'success' });
  const it = random(seed);
  const other: object[] = [];
  const permitted = { yes: 0, no: 0 };
  for (let n = 0; n < count; n++) {
    const question = questionOf(it);
    const decided = decide(question).decision;
    permitted[decided ? 'yes' : 'no']++;
    if (byCedar(question) !== decided) other.push({ question, decided });
  }
  expect(other).toEqual([]);
  expect(Math.min(permitted.yes, permitted.no)).toBeGreaterThan(count / 50);
});

const kindName = (kind: string): string => kind.charAt(0).toUpperCase() + kind.slice(1);

function byCedar({ subject, action, resource, context }: Question): boolean {
  const principal = { type: kindName(subject.type), id: subject.id };
  const target = { type: kindName(resource.type), id: 'it' };
  const answer = statefulIsAuthorized({
    principal,
    action: { type: 'Action', id: action.name },
    resource: target,
    context: context as never,
    preparsedPolicySetId: 'gateway',
    entities: [
      { uid: principal, attrs: { ...subject.properties } as never, parents: [] },
      { uid: target, attrs: { relation: resource.properties.relation }, parents: [] },
    ],
  });
  if (answer.type !== 'success') throw new Error(JSON.stringify(answer.errors));
  return answer.response.decision === 'allow';
}

/** docs/reference/access.rego is data with a few lines that apply it: here those lines are applied as they read. */
test('the generated Rego says the same', () => {
  const text = readFileSync(join(import.meta.dirname, '../../docs/reference/access.rego'), 'utf8');
  const [program = '', data = ''] = text.split('\nrules := ');
  const listed = JSON.parse(data) as RegoRule[];
  for (const condition of [
    'actions',
    'resources',
    'relations',
    'roles',
    'domains',
    'member',
    'person',
    'task',
    'consent',
    'emergency',
    'right',
    'only',
  ])
    expect(program, 'each condition of the data is applied').toMatch(
      new RegExp(`rule\\.${condition}\\b|"${condition}"`),
    );
  expect(new Set(listed.flatMap(Object.keys)).difference(new Set(conditionsOfRego))).toEqual(new Set());
  const it = random(seed);
  for (let n = 0; n < count; n++) {
    const question = questionOf(it);
    const decided = decide(question);
    const found = question.subject.type === 'nobody' ? undefined : listed.find((rule) => appliesInRego(rule, question));
    expect([found !== undefined, found?.view]).toEqual([
      decided.decision,
      decided.decision ? decided.context.view : undefined,
    ]);
  }
});

type RegoRule = Readonly<Record<string, readonly unknown[]>> & { readonly view: string; readonly isSender?: boolean };
const conditionsOfRego = [
  'rule',
  'view',
  'actions',
  'resources',
  'relations',
  'roles',
  'domains',
  'member',
  'isSender',
  'person',
  'task',
  'consent',
  'emergency',
  'right',
  'only',
];

function appliesInRego(rule: RegoRule, { subject, action, resource, context }: Question): boolean {
  const oneOf = (name: string, value: unknown) => rule[name] === undefined || rule[name].includes(value);
  const { roles, domain, member } = subject.properties;
  const isForPerson = rule.right?.some((right) => (subject.properties.rights ?? []).includes(right as never)) ?? false;
  return (
    (subject.type === 'person' ? isForPerson : rule.only === undefined) &&
    oneOf('emergency', context.emergency) &&
    oneOf('actions', action.name) &&
    oneOf('resources', resource.type) &&
    oneOf('relations', resource.properties.relation) &&
    (rule.roles === undefined || roles.some((role) => rule.roles?.includes(role))) &&
    oneOf('domains', domain) &&
    oneOf('member', member) &&
    (!rule.isSender || roles.some((role) => (context.senders ?? []).includes(role))) &&
    oneOf('person', context.person) &&
    oneOf('task', context.task) &&
    oneOf('consent', context.consent)
  );
}
