import type { ServiceRequest, Task } from '@medplum/fhirtypes';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { partnerAt } from '../support/exchange/partner-client.ts';
import { transferOf } from '../support/exchange/transfer-bundle.ts';
import { isLong, runs } from '../support/long.ts';
import { locationOf, startGateway, type TestGateway } from '../support/test-gateway.ts';

/** Random moves of all parties at the same moment, on the real store: whatever wins, the order stands as it may. */
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startGateway();
});
afterAll(() => gateway.stop());

const owners = ['addiction-care-keerpunt', 'specialist-ggz-horizonland'];
type Moved = Parameters<ReturnType<typeof partnerAt>['move']>[1];
const byOwner = (move: Moved) => fc.constant({ by: 'owner' as const, move });
const bySender = (move: Moved) => fc.constant({ by: 'sender' as const, move });
const systemOf = ({ owner }: Task): string =>
  owner?.reference?.endsWith('keerpunt') ? 'keerpunt-verslavingszorg' : 'ggz-horizonland';
const attempt = fc.record({
  task: fc.nat({ max: 1 }),
  // mostly as somebody who has just read the Task, who may still be overtaken
  version: fc.option(fc.integer({ min: 1, max: 4 }).map(String), { freq: 4 }),
  moved: fc.oneof(
    { weight: 4, arbitrary: byOwner({ status: 'accepted' }) },
    { weight: 3, arbitrary: bySender({ businessStatus: 'selected' }) },
    { weight: 2, arbitrary: byOwner({ status: 'in-progress' }) },
    { weight: 1, arbitrary: byOwner({ status: 'completed', outcome: 'done' }) },
    { weight: 1, arbitrary: byOwner({ status: 'rejected', reason: 'at-capacity' }) },
    { weight: 1, arbitrary: bySender({ status: 'cancelled', reason: 'withdrawn-by-referrer' }) },
    { weight: 1, arbitrary: bySender({ status: 'accepted' }) },
  ),
});
const round = fc.record({ attempts: fc.array(attempt, { minLength: 2, maxLength: 8 }), withdraws: fc.nat({ max: 9 }) });

/** The practice of the example is not in the directory under these numbers: the team refers for itself. */
const inOwnName = (bundle: object): object =>
  JSON.parse(JSON.stringify(bundle).replaceAll('99990101', '99990199').replaceAll('01999901', '01999999'));

test('no two are selected, an ended order has no open Task, each acknowledged move is a version, nobody meets a fault', async () => {
  let [moved, selected] = [0, 0];
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 3, maxLength: 6 }), async (rounds) => {
      const team = partnerAt(gateway, 'registration-team');
      const sent = await team.post('', inOwnName(transferOf(owners)));
      const order = locationOf(sent, 'ServiceRequest')!;
      const asked = await team.tasks(`focus=${order}`);
      const tasks = asked.map(({ id }) => `Task/${id}`);
      const accepted = new Map<string, Set<string>>();
      for (const { attempts, withdraws } of rounds) {
        const answers = await Promise.all([
          ...attempts.map(async ({ task, version, moved: { by, move } }) => {
            const partner = partnerAt(gateway, by === 'owner' ? systemOf(asked[task]!) : 'registration-team');
            const { status, headers } = await partner.move(tasks[task]!, { ...move, ...(version ? { version } : {}) });
            return { status, task: tasks[task]!, version: String(headers.etag) };
          }),
          ...(withdraws === 0 ? [team.move(order, { status: 'revoked', version: '1' })] : []),
        ]);
        for (const answer of answers) {
          expect([200, 403, 404, 409, 412, 422]).toContain(answer.status);
          if ('task' in answer && answer.status === 200)
            accepted.set(answer.task, (accepted.get(answer.task) ?? new Set()).add(answer.version));
        }
      }
      const ends = await Promise.all(tasks.map((it) => team.read<Task>(it)));
      const chosen = ends.filter(({ code }) => code?.coding?.some((it) => it.code === 'fulfill'));
      expect(chosen.length).toBeLessThanOrEqual(1);
      const open = ends.filter(({ status }) => ['requested', 'received', 'accepted'].includes(status));
      const { status } = await team.read<ServiceRequest>(order);
      if (status !== 'active') expect(open).toEqual([]);
      if (chosen.length) expect(open.filter((it) => it !== chosen[0])).toEqual([]);
      // every 200 names its version, which is one of its own unless the move changed nothing; what followed from others' moves made some more
      for (const [index, task] of ends.entries())
        expect(Number(task.meta?.versionId) - 1).toBeGreaterThanOrEqual(
          [...(accepted.get(tasks[index]!) ?? [])].filter((it) => it !== 'W/"1"').length,
        );
      moved += [...accepted.values()].reduce((sum, it) => sum + it.size, 0);
      selected += chosen.length;
    }),
    { numRuns: runs(60), seed: 20261122 },
  );
  // who wins a race differs each time: of few runs a low floor
  const least = isLong ? [100, 10] : [10, 0];
  expect([moved > least[0]!, selected > least[1]!], `${[moved, selected]}`).toEqual([true, true]);
});
