import type { Task } from '@medplum/fhirtypes';
import { beforeAll, expect, test } from 'vitest';
import type { Network } from '../../src/directory/index.ts';
import { mgnCodeSystem } from '../../src/fhir/canonical.ts';
import { faultOf } from '../../src/main/log.ts';
import { withAnnouncements } from '../../src/notification/index.ts';
import { faultData } from '../../src/store/fault-data.ts';
import type { Commit, Committed, Store } from '../../src/store/port.ts';
import { demoConfiguration } from '../support/demo-configuration.ts';
import { at, create, message, patient } from '../support/store/samples.ts';

let network: Network;
beforeAll(async () => {
  ({ network } = await demoConfiguration());
});

const task = (elements: Partial<Task> = {}) =>
  create({
    resourceType: 'Task',
    id: 't1',
    status: 'requested',
    intent: 'order',
    code: { coding: [{ system: mgnCodeSystem('use-case'), code: 'registration' }] },
    owner: { reference: network.settings.registrationTeam },
    ...elements,
  } as Task & { id: string });

/** What reaches the store of a commit, and what is reported. */
async function committing(commit: Omit<Commit, 'now'>, unannounced: object = {}, of: () => Network = () => network) {
  const commits: Commit[] = [];
  const reported: unknown[] = [];
  const answer: Committed = { kind: 'committed', resources: [], ...unannounced };
  const store = {
    commit: async (it: Commit) => {
      commits.push(it);
      return answer;
    },
  } as unknown as Store;
  const report = (fault: unknown, where: string) => reported.push([where, fault]);
  expect(await withAnnouncements(store, { network: of, report }).commit({ now: at(0), ...commit })).toBe(answer);
  return { announce: commits[0]?.announce, reported };
}

test('a new version of a Task is announced with its topics and parties, and nothing else is', async () => {
  const { announce } = await committing({
    message: message('r1'),
    changes: [task(), create(patient('p1', '999900006'))],
  });
  expect(announce).toMatchObject({
    base: network.settings.baseUrl,
    announcements: [
      {
        focus: 'Task/t1',
        topics: [expect.stringMatching(/task-registration$/)],
        parties: { owner: { references: expect.arrayContaining([network.settings.registrationTeam]) } },
        cause: { messageId: 'message-r1', correlationId: 'r1', traceId: 'trace-r1' },
      },
    ],
  });
  expect(announce?.announcements[0]).not.toHaveProperty('causes');
  expect((await committing({ changes: [task({ code: { text: 'other' } })] })).announce).toBeUndefined();
  expect((await committing({ dispatches: [] })).announce).toBeUndefined();
});

test('the owner of a candidate Task gets the trace of its Task, every other partner that of the journey', async () => {
  const coding = [
    { system: 'http://hl7.org/fhir/CodeSystem/task-code', code: 'request-fulfillment' },
    { system: mgnCodeSystem('use-case'), code: 'transfer' },
  ];
  const { announce } = await committing({ message: message('r1'), changes: [task({ code: { coding } })] });
  const [{ cause, causes } = {}] = announce?.announcements ?? [];
  expect(cause?.traceId).toBe('trace-r1');
  expect(causes).toEqual([{ partner: 'registration-team', cause: { messageId: 'message-r1', traceId: 't1' } }]);
});

test('a Task that cannot be announced is reported, and committed all the same', async () => {
  const broken = () => {
    throw new Error('no network');
  };
  const { announce, reported } = await committing({ changes: [task()] }, {}, broken);
  expect([announce, reported]).toEqual([undefined, [['announce', new Error('no network')]]]);
});

test('what the store could not announce is reported, with the place of the fault', async () => {
  const fault = faultData(new TypeError('no parties'));
  const { reported } = await committing({ changes: [task()] }, { unannounced: [{ focus: 'Task/t1', fault }] });
  const [[where, error] = []] = reported as [string, Error][];
  expect([where, error?.message]).toEqual(['announce', 'no parties']);
  expect(faultOf(error).name).toBe('TypeError');
  expect(faultOf(error).frames[0]).toContain('announcements.test');
});
