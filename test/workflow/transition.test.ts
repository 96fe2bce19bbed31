import type { CodeableConcept, Task } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mgnCodeSystem, mgnExtension } from '../../src/fhir/canonical.ts';
import type { Actor, TaskStatus } from '../../src/workflow/index.ts';
import { moves, transition } from '../../src/workflow/transition.ts';

const coded = (system: string, code: string): CodeableConcept => ({
  coding: [{ system: mgnCodeSystem(system), code }],
});
const reason = (code: string) => ({ statusReason: coded('status-reason', code) });
const business = (code: string) => ({ businessStatus: coded('business-status', code) });
const output = { output: [{ type: { text: 'outcome' }, valueString: 'seen' }] };

const task = (status: TaskStatus, more: Partial<Task> = {}): Task => ({
  resourceType: 'Task',
  id: '1',
  extension: [{ url: mgnExtension('legal-basis'), valueCodeableConcept: coded('legal-basis', 'referral-within-care') }],
  identifier: [{ system: 'urn:test', value: '1' }],
  status,
  intent: 'order',
  code: { coding: [{ system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'fulfill' }] },
  focus: { reference: 'ServiceRequest/1' },
  for: { reference: 'Patient/1' },
  authoredOn: '2026-11-20',
  requester: { reference: 'PractitionerRole/1' },
  owner: { reference: 'HealthcareService/1' },
  ...more,
});

const rulesOf = (actor: Actor | readonly Actor[], before: Task, after: Task, abortAccepted = false): string[] => {
  const moved = transition({ before, after, actor, abortAccepted });
  return moved.ok ? [`ok ${moved.value.rule}`] : moved.issues.map(({ rule }) => rule);
};

describe('a Task moves by the table', () => {
  test.each<[Actor, TaskStatus, TaskStatus, Partial<Task>, string]>([
    ['owner', 'requested', 'received', {}, 'ok acknowledge'],
    ['owner', 'requested', 'accepted', {}, 'ok accept'],
    ['owner', 'received', 'accepted', {}, 'ok accept'],
    ['owner', 'requested', 'rejected', reason('at-capacity'), 'ok reject'],
    ['owner', 'accepted', 'rejected', reason('not-eligible'), 'ok reject'],
    ['owner', 'accepted', 'in-progress', {}, 'ok start'],
    ['owner', 'in-progress', 'on-hold', { statusReason: { text: 'on holiday' } }, 'ok pause'],
    ['owner', 'on-hold', 'in-progress', {}, 'ok resume'],
    ['owner', 'in-progress', 'completed', output, 'ok complete'],
    ['owner', 'in-progress', 'completed', business('handed-over'), 'ok complete'],
    ['owner', 'in-progress', 'failed', reason('cannot-contact'), 'ok fail'],
    ['requester', 'accepted', 'cancelled', reason('withdrawn-by-person'), 'ok withdraw'],
    ['creator', 'in-progress', 'entered-in-error', {}, 'ok undo'],
    ['owner', 'accepted', 'accepted', business('intake-scheduled'), 'ok tell'],
  ])('%s: %s -> %s', (actor, from, to, more, expected) => {
    expect(rulesOf(actor, task(from), task(to, more))).toEqual([expected]);
  });

  test.each<[string, Actor, TaskStatus, TaskStatus, Partial<Task>, string]>([
    ['skips acceptance', 'owner', 'requested', 'in-progress', {}, 'task-transition-invalid'],
    ['goes back', 'owner', 'accepted', 'requested', {}, 'task-transition-invalid'],
    ['is not in FHIR', 'owner', 'requested', 'gone' as TaskStatus, {}, 'task-transition-invalid'],
    ['belongs to the owner', 'requester', 'requested', 'accepted', {}, 'task-transition-forbidden'],
    ['belongs to the requester', 'owner', 'requested', 'cancelled', reason('expired'), 'task-transition-forbidden'],
    ['belongs to nobody there', 'other', 'requested', 'accepted', {}, 'task-update-forbidden'],
    ['comes after the end', 'owner', 'completed', 'in-progress', {}, 'task-ended'],
    ['says nothing new after the end', 'owner', 'completed', 'completed', output, 'task-ended'],
    ['rejects without a reason', 'owner', 'requested', 'rejected', {}, 'status-reason-code-missing'],
    [
      'rejects with a reason of the requester',
      'owner',
      'requested',
      'rejected',
      reason('not-selected'),
      'status-reason-code-missing',
    ],
    ['rejects with other and no text', 'owner', 'requested', 'rejected', reason('other'), 'status-reason-text-missing'],
    [
      'withdraws with a reason of the owner',
      'requester',
      'requested',
      'cancelled',
      reason('at-capacity'),
      'status-reason-code-missing',
    ],
    ['pauses without a reason', 'owner', 'in-progress', 'on-hold', {}, 'task-status-reason-missing'],
    ['completes without an outcome', 'owner', 'in-progress', 'completed', {}, 'task-outcome-missing'],
    [
      'pairs what does not go together',
      'owner',
      'requested',
      'accepted',
      business('handed-over'),
      'business-status-invalid',
    ],
  ])('no move that %s', (_, actor, from, to, more, expected) => {
    expect(rulesOf(actor, task(from), task(to, more))).toEqual([expected]);
  });

  test('work that has started ends by the requester only after an accepted abort', () => {
    const [before, after] = [task('in-progress'), task('cancelled', reason('withdrawn-by-person'))];
    expect(rulesOf('requester', before, after)).toEqual(['abort-not-accepted']);
    expect(rulesOf('requester', before, after, true)).toEqual(['ok abort']);
  });

  test('an owner asked only for availability cannot start', () => {
    const code = { coding: [{ system: mgnCodeSystem('task-code'), code: 'request-fulfillment' }] };
    expect(rulesOf('owner', task('accepted', { code }), task('in-progress', { code }))).toEqual([
      'task-code-not-fulfill',
    ]);
  });

  test('a partner that is requester and creator has the moves of both', () => {
    expect(rulesOf(['requester', 'creator'], task('requested'), task('entered-in-error'))).toEqual(['ok undo']);
    expect(moves(task('requested'), ['requester', 'creator'])).toEqual(['cancelled', 'entered-in-error']);
  });

  test('a refusal names the current status and the moves that are left', () => {
    const refused = transition({ before: task('requested'), after: task('completed', output), actor: 'owner' });
    expect(refused.issues[0]?.message).toBe(
      'A Task with status requested cannot move to completed. Move it to one of: received, accepted, rejected.',
    );
  });

  test('a partner without a role learns nothing, not even that the Task has ended', () => {
    const refused = transition({ before: task('completed'), after: task('accepted'), actor: 'other' });
    expect(refused.issues.map(({ message }) => message).join()).not.toMatch(/completed|accepted/);
  });
});

describe('the request is fixed', () => {
  test.each<[string, Partial<Task>]>([
    ['identifier', { identifier: [{ system: 'urn:test', value: '2' }] }],
    ['intent', { intent: 'proposal' }],
    ['code', { code: { coding: [{ code: 'abort' }] } }],
    ['focus', { focus: { reference: 'ServiceRequest/2' } }],
    ['for', { for: { reference: 'Patient/2' } }],
    ['authoredOn', { authoredOn: '2026-11-21' }],
    ['requester', { requester: { reference: 'PractitionerRole/2' } }],
    ['owner', { owner: { reference: 'HealthcareService/2' } }],
  ])('%s', (field, change) => {
    const refused = transition({ before: task('requested'), after: task('accepted', change), actor: 'owner' });
    expect(refused.issues.map(({ rule, expression }) => `${rule} ${expression}`)).toContain(
      `task-element-immutable Task.${field}`,
    );
  });

  test('the legal basis', () => {
    expect(rulesOf('owner', task('requested'), task('accepted', { extension: [] }))).toEqual([
      'task-element-immutable',
    ]);
  });

  test('the order of keys is no change', () => {
    const before = task('requested', { owner: { reference: 'HealthcareService/1', display: 'Team' } });
    const after = task('accepted', { owner: { display: 'Team', reference: 'HealthcareService/1' } });
    expect(rulesOf('owner', before, after)).toEqual(['ok accept']);
  });

  test('the requester does not change the owner’s elements, but may ask to stop', () => {
    expect(rulesOf('requester', task('in-progress'), task('in-progress', output))).toEqual(['task-element-owner-only']);
    expect(rulesOf('requester', task('in-progress'), task('in-progress', business('first-contact-done')))).toEqual([
      'task-element-owner-only',
    ]);
    expect(rulesOf('requester', task('in-progress'), task('in-progress', business('cancellation-requested')))).toEqual([
      'ok tell',
    ]);
  });

  test('the requester can withdraw a Task whose business status the owner has set', () => {
    const told = business('human-decision');
    expect(rulesOf('requester', task('requested', told), task('cancelled', { ...told, ...reason('expired') }))).toEqual(
      ['ok withdraw'],
    );
  });
});

describe('whatever is tried', () => {
  /** The moves of docs/guide/workflow.md once more, by hand: the table of the code is checked against it. */
  const legal: Readonly<Record<string, Readonly<Partial<Record<Actor, readonly TaskStatus[]>>>>> = {
    requested: { owner: ['received', 'accepted', 'rejected'], requester: ['cancelled'], creator: ['entered-in-error'] },
    received: { owner: ['accepted', 'rejected'], requester: ['cancelled'], creator: ['entered-in-error'] },
    accepted: { owner: ['in-progress', 'rejected'], requester: ['cancelled'], creator: ['entered-in-error'] },
    'in-progress': {
      owner: ['on-hold', 'completed', 'failed'],
      requester: ['cancelled', 'failed'],
      creator: ['entered-in-error'],
    },
    'on-hold': { owner: ['in-progress'], requester: ['cancelled', 'failed'], creator: ['entered-in-error'] },
  };
  const statuses: readonly TaskStatus[] = [
    ...['draft', 'requested', 'received', 'accepted', 'rejected', 'ready', 'cancelled', 'in-progress'],
    ...['on-hold', 'failed', 'completed', 'entered-in-error'],
  ] as TaskStatus[];
  const attempt = fc.record({
    to: fc.constantFrom(...statuses),
    actor: fc.constantFrom<Actor>('owner', 'requester', 'creator', 'other'),
    abortAccepted: fc.boolean(),
    more: fc.constantFrom<Partial<Task>>(
      {},
      output,
      reason('at-capacity'),
      reason('expired'),
      business('selected'),
      { ...output, ...reason('other') },
      { owner: { reference: 'HealthcareService/2' } },
    ),
  });

  test('a status is reached only by the table, final statuses stay final, and the request never changes', () => {
    fc.assert(
      fc.property(fc.array(attempt, { maxLength: 30 }), (attempts) => {
        let now = task('requested');
        for (const { to, actor, abortAccepted, more } of attempts) {
          const { statusReason: _, businessStatus: __, output: ___, ...rest } = now;
          const moved = transition({ before: now, after: { ...rest, status: to, ...more }, actor, abortAccepted });
          if (!moved.ok) continue;
          if (!(now.status in legal)) throw new Error(`left ${now.status}`);
          if (to !== now.status && !legal[now.status]?.[actor]?.includes(to))
            throw new Error(`${actor} moved ${now.status} to ${to}`);
          if (now.status === 'in-progress' && actor === 'requester' && to === 'cancelled' && !abortAccepted)
            throw new Error('stopped without an accepted abort');
          now = moved.value.task;
        }
        return now.owner?.reference === 'HealthcareService/1' && now.focus?.reference === 'ServiceRequest/1';
      }),
      { numRuns: 2000, seed: 20261122 },
    );
  });

  test('a move listed by moves() is never refused to its actor', () => {
    for (const from of statuses)
      for (const actor of ['owner', 'requester', 'creator', 'other'] as const) {
        expect([...moves(task(from), actor)].sort()).toEqual([...(legal[from]?.[actor] ?? [])].sort());
        for (const to of moves(task(from), actor))
          expect(rulesOf(actor, task(from), task(to)).join()).not.toMatch(
            /task-transition-forbidden|task-transition-invalid/,
          );
      }
  });
});
