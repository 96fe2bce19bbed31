import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Claim, Dispatch } from '../../../src/store/port.ts';
import { ended } from '../../../src/store/sql/outbox/ended.ts';
import { type Ending, endingOf } from '../../../src/store/sql/outbox/ending.ts';
import * as lists from '../../../src/store/sql/outbox/lists.ts';
import { requeue, withdrawAll } from '../../../src/store/sql/outbox/operator-acts.ts';
import { outboxDatabase } from '../../support/store/outbox-database.ts';
import { at, auditEvent, dispatch } from '../../support/store/samples.ts';

const wish = { worker: 'w1', now: at(10), lease: 5_000, recipients: 10, batch: 100 };
const trace = (of: string) => ({ traceId: `trace-${of}`, correlationId: `correlation-${of}`, messageId: of });

const completed = (claims: readonly Claim[]): readonly Ending[] =>
  claims.flatMap((claim) =>
    claim.deliveries.map((delivery) =>
      endingOf('complete', claim, delivery, {
        at: at(11),
        milliseconds: 1,
        status: 201,
        audit: [auditEvent(delivery.id, { requestId: delivery.requestId, traceId: delivery.traceId })],
      }),
    ),
  );

describe('the statements of the outbox', () => {
  const eightCommits = Array.from({ length: 8 }, (_, n) => ({
    now: at(n),
    dispatches: ['a', 'b'].map((to) => dispatch(`${to}${n}`, to, { about: [`Task/${n}`, `ServiceRequest/${n}`] })),
  }));

  test('are few for a group: those of 8 commits with 16 dispatches, and of 16 deliveries', async () => {
    const outbox = await outboxDatabase();
    await outbox.put(eightCommits, () => outbox.statements.splice(0));
    // the last one is of the transaction
    expect(outbox.statements.length - 1).toBeLessThanOrEqual(6);
    const claims = await outbox.claim(wish);
    expect(claims.flatMap(({ deliveries }) => deliveries)).toHaveLength(16);
    outbox.statements.splice(0);
    expect(await outbox.write((w) => ended(w, completed(claims)))).toEqual(Array(16).fill(true));
    expect(outbox.statements.length).toBeLessThanOrEqual(10);
    expect(await lists.depth(outbox.read)).toEqual({ waiting: 0, dead: 0, recipients: [] });
    await outbox.close();
  });

  test('look for their rows by an index, whatever is stored', async () => {
    const outbox = await outboxDatabase();
    await outbox.put(eightCommits);
    const joining = dispatch('joins', 'a', { about: ['Task/0', 'Task/1'] });
    await outbox.put([{ now: at(9), dispatches: [joining] }]);
    const [claim, other] = await outbox.claim(wish);
    const [one, two, three] = claim!.deliveries;
    const failing = { at: at(11), milliseconds: 1, because: 'x', status: 500 };
    await outbox.write((w) =>
      ended(w, [
        endingOf('complete', claim!, one!, failing),
        endingOf('deadLetter', claim!, two!, failing),
        endingOf('withdraw', claim!, three!, failing),
        endingOf('retryLater', other!, other!.deliveries[0]!, { ...failing, until: at(12), waits: 'suspect' }),
      ]),
    );
    await outbox.write((w) => requeue(w, two!.id, at(13)));
    await outbox.write((w) => withdrawAll(w, { now: at(14), withdrawals: [{ recipient: 'b', about: ['Task/1'] }] }));
    await outbox.claim({ ...wish, worker: 'w2', now: at(60) });
    for (const of of [{ traceId: 't' }, { messageId: 'm' }, { task: 'Task/1' }, { state: 'dead' as const }])
      await lists.dispatches(outbox.read, { ...of, count: 9 });
    await lists.undelivered(outbox.read, { count: 9 });
    await lists.isDeliverable(outbox.read, one!);
    await lists.attempts(outbox.read, one!.id);
    await lists.depth(outbox.read);
    const whole: unknown[] = [];
    for (const statement of new Set(outbox.statements))
      for (const { detail } of await outbox.read.all(`explain query plan ${statement}`))
        if (/^SCAN (?!json_each|w$)/.test(String(detail))) whole.push(detail);
    // the recipients, which are few, to claim and for the depth; and the index of the dead letters, to count them
    expect(whole.sort()).toEqual(['SCAN dispatch USING COVERING INDEX dispatch_dead', 'SCAN r', 'SCAN r']);
    await outbox.close();
  });
});

describe('the outbox of a group', () => {
  const names = fc.subarray(['Task/1', 'Task/2', 'ServiceRequest/1', 'ServiceRequest/2'], {
    minLength: 1,
    maxLength: 2,
  });
  const sent = fc.record({
    to: fc.constantFrom('a', 'b'),
    about: names,
    subscription: fc.constantFrom(undefined, undefined, undefined, 's1'),
  });
  const how = fc.constantFrom(
    'complete' as const,
    'complete' as const,
    'retryLater' as const,
    'deadLetter' as const,
    'withdraw' as const,
  );
  const waits = fc.constantFrom('suspect' as const, 'journey' as const);
  const rounds = fc.array(
    fc.record({
      sent: fc.array(sent, { maxLength: 8, size: 'max' }),
      results: fc.array(fc.record({ how, waits, twice: fc.boolean() }), { maxLength: 8, size: 'max' }),
    }),
    { minLength: 1, maxLength: 5, size: 'max' },
  );

  /** Undelivered dispatches with a subject in common that are of several journeys. */
  const separated = `select s.recipient, s.name from dispatch_subject s join dispatch d on d.key = s.dispatch
    group by s.recipient, s.name having count(distinct d.journey) > 1`;
  const misheld = 'select d.id from hold h join dispatch d on d.key = h.dispatch where h.journey <> d.journey';

  test('is what it is when each is written by itself: journeys, states, counts, attempts', async () => {
    await fc.assert(
      fc.asyncProperty(rounds, async (history) => {
        const [together, single] = [await outboxDatabase(), await outboxDatabase()];
        for (const [n, round] of history.entries()) {
          const dispatches = round.sent.map(({ to, about, subscription }, m) =>
            dispatch(`d${n}-${m}`, to, { about, ...(subscription ? { subscription } : {}) }),
          );
          const now = at(n * 100);
          await together.put(dispatches.map((it) => ({ now, dispatches: [it] })));
          for (const it of dispatches) await single.put([{ now, dispatches: [it] }]);
          const later = { ...wish, worker: `w${n}`, now: at(n * 100 + 50), batch: 4 };
          const claims = await together.claim(later);
          expect(await single.claim(later)).toEqual(claims);
          const deliveries = claims.flatMap((claim) => claim.deliveries.map((delivery) => ({ claim, delivery })));
          const endings = round.results.flatMap((it, m) => {
            const { claim, delivery } = deliveries[m] ?? {};
            if (!claim || !delivery) return [];
            const ending = { at: at(n * 100 + 51), milliseconds: 1, because: 'x', status: 500 };
            const until = at(n * 100 + 60);
            const result = endingOf(it.how, claim, delivery, { ...ending, until, waits: it.waits });
            return it.twice ? [result, result] : [result];
          });
          const results = await together.write((w) => ended(w, endings));
          const each: boolean[] = [];
          for (const ending of endings) each.push(...(await single.write((w) => ended(w, [ending]))));
          expect(results).toEqual(each);
          expect(await together.read.all(separated)).toEqual([]);
          expect(await together.read.all(misheld)).toEqual([]);
        }
        const tables = ['dispatch', 'dispatch_subject', 'hold', 'recipient', 'attempt'];
        expect(await together.rows(...tables)).toEqual(await single.rows(...tables));
        await together.close();
        await single.close();
      }),
      { numRuns: 60 },
    );
  });
});

describe('dispatches of a trace', () => {
  test('are found by the message of their entry, by a trace of their own, and in their order', async () => {
    const outbox = await outboxDatabase();
    const of = (id: string, more: Partial<Dispatch>) => dispatch(id, 'a', more);
    const message = { id: 'm1', traceId: 'trace-m1' };
    await outbox.put([{ now: at(0), dispatches: [of('d1', trace('m1')), of('d2', trace('m1'))], message }]);
    await outbox.put([{ now: at(1), dispatches: [of('e1', { traceId: 'trace-m1' }), of('e2', {})] }]);
    const other = { id: 'm2', traceId: 'trace-m2' };
    await outbox.put([{ now: at(2), dispatches: [of('d3', trace('m2'))], message: other }]);
    const found = async (query: Partial<Parameters<typeof lists.dispatches>[1]>) =>
      (await lists.dispatches(outbox.read, { count: 9, ...query })).items.map(({ id }) => id);
    expect(await found({ traceId: 'trace-m1' })).toEqual(['d1', 'd2', 'e1']);
    expect(await found({ traceId: 'trace-m1', messageId: 'm1' })).toEqual(['d1', 'd2']);
    expect(await found({ traceId: 'trace-m2', state: 'waiting', recipient: 'a' })).toEqual(['d3']);
    expect(await found({ traceId: 'trace-m2', state: 'dead' })).toEqual([]);
    const one = await lists.dispatches(outbox.read, { traceId: 'trace-m1', count: 2 });
    expect(await found({ traceId: 'trace-m1', cursor: one.next! })).toEqual(['e1']);
    await outbox.close();
  });

  test('name the entry of their audit events once: by the request, and by the trace unless their message leads there', async () => {
    const outbox = await outboxDatabase();
    const message = { id: 'm1', traceId: 'trace-m1' };
    await outbox.put([{ now: at(0), dispatches: [dispatch('own', 'a', trace('m1'))], message }]);
    await outbox.put([{ now: at(0), dispatches: [dispatch('other', 'a')] }]);
    const claims = await outbox.claim(wish);
    await outbox.write((w) => ended(w, completed(claims)));
    const { mention, attempt } = await outbox.rows('mention', 'attempt');
    const [entry] = new Set(attempt?.map((row) => row.entry));
    expect(attempt).toHaveLength(2);
    expect(mention?.filter((row) => row.entry === entry).map(({ name }) => name)).toEqual([
      'request-other',
      'request-own',
      'trace-other',
    ]);
    await outbox.close();
  });
});
