import { STATUS_CODES } from 'node:http';
import { pauseAfter } from '../../../src/delivery/backoff.ts';
import { classifyAnswer, classifyError, type Verdict } from '../../../src/delivery/channel/classify.ts';
import { reasonText } from '../../../src/delivery/reason.ts';
import { defaults } from '../../../src/delivery/settings.ts';
import type { Delivery, Dispatch, DispatchStatus, Store } from '../../../src/store/port.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { mermaid, table } from '../markdown.ts';

const meaning: Readonly<Record<Verdict['kind'], string>> = { delivered: 'delivered', retry: 'again', refused: 'dead' };

const unassigned: Readonly<Record<number, string>> = {
  520: 'unknown error of a proxy',
  521: 'down, reported by a proxy',
  522: 'connection timeout, reported by a proxy',
  523: 'unreachable, reported by a proxy',
  524: 'timeout, reported by a proxy',
};

const named = (status: number): string => `${status} ${STATUS_CODES[status] ?? unassigned[status] ?? ''}`.trim();

/** What each status means, as `classifyAnswer` decides it. */
function answers(): string {
  const retries = Array.from({ length: 300 }, (_, index) => index + 300).flatMap((status) => {
    const verdict = classifyAnswer(status, undefined);
    return verdict.kind === 'retry' ? [{ status, rule: verdict.reason.rule }] : [];
  });
  const byRule = Map.groupBy(retries, ({ rule }) => rule);
  const duplicate = classifyAnswer(409, {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: 'duplicate' }],
  });
  const rest = classifyAnswer(422, undefined);
  const silent = classifyError({ name: 'AbortError' });
  const unreachable = classifyError({ code: 'ECONNREFUSED' });
  return table(
    ['answer', 'outcome', 'code in the log'],
    [
      ['200 to 299', meaning[classifyAnswer(204, undefined).kind], '-'],
      ['409 with an OperationOutcome whose issue has code `duplicate`', meaning[duplicate.kind], '-'],
      ...[...byRule].map(([rule, all]) => [
        all.map(({ status }) => named(status)).join('; '),
        meaning.retry,
        `\`${rule}\``,
      ]),
      ['no status within the timeout', meaning[silent.kind], code(silent)],
      ['no connection: refused, DNS, TLS', meaning[unreachable.kind], code(unreachable)],
      ['every other status, 400, 403, 409, 412 and 422 among them', meaning[rest.kind], code(rest)],
    ],
  );
}

const code = (verdict: Verdict): string =>
  verdict.kind === 'delivered' ? '-' : `\`${reasonText(verdict.reason).split(':')[0]}\``;

const seconds = (milliseconds: number): string => {
  const whole = Math.round(milliseconds / 1000);
  if (whole < 120) return `${whole} s`;
  return whole < 7200 ? `${Math.round(whole / 60)} min` : `${Math.round(whole / 3600)} h`;
};

/** The longest pause after each failure in a row; the pause itself is a random part of it. */
function schedule(): string {
  const longest = (failures: number) => pauseAfter(failures, defaults, () => 1);
  const steady = Array.from({ length: 30 }, (_, index) => index + 1).find((n) => longest(n) === longest(n + 1)) ?? 1;
  const rows = Array.from({ length: steady }, (_, index) => [
    index + 1 < steady ? String(index + 1) : `${steady} and more`,
    seconds(longest(index + 1)),
  ]);
  return table(['failures in a row', 'longest pause'], rows);
}

const limits = (): string =>
  table(
    ['limit', 'value'],
    [
      ['one attempt', seconds(defaults.timeout)],
      ['journeys sent to one partner at the same time', String(defaults.lanes)],
      ['longest pause that the gateway chooses', seconds(defaults.maximumPause)],
      ['longest Retry-After that is honoured', seconds(defaults.maximumRetryAfter)],
      ['failures that a delivery may have caused, then another journey is tried', String(defaults.setAsideAfter)],
      ['the same for 502, and 503 without Retry-After', String(defaults.setAsideUnavailableAfter)],
      ['answers 500 to a delivery that was set aside, then dead', String(defaults.maximumServerErrors)],
      ['retries after the first 404 or 410, then dead', seconds(defaults.retryNotFound)],
      ['refusals for good in a row, then a pause', String(defaults.maximumRefusals)],
      ['age of a failing delivery, then dead', seconds(defaults.maximumAge)],
      ['bytes of an answer that are read', String(defaults.maximumAnswer)],
    ],
  );

const dispatch: Dispatch = {
  id: 'd',
  recipient: 'partner' as Dispatch['recipient'],
  channel: 'fhir-rest',
  kind: 'referral',
  body: '{}',
  contentType: 'application/fhir+json',
  requestId: 'r',
  traceId: 't',
  about: ['Task/t'],
};

type Step = {
  readonly label: string;
  readonly does: (store: Store, now: Date) => Promise<boolean>;
};

/** The claim of the recipient with the dispatch in it; undefined when nothing waits. */
async function claimed(store: Store, now: Date): Promise<((act: Act) => Promise<boolean>) | undefined> {
  const [claim] = await store.claim({ worker: 'w', now, lease: 1_000, recipients: 1, batch: 1 });
  const delivery = claim?.deliveries[0];
  return claim && delivery ? (act) => act(claim, delivery) : undefined;
}
type Act = (claim: Parameters<Store['complete']>[0], delivery: Delivery) => Promise<boolean>;

const ended = (now: Date) => ({ at: now, milliseconds: 1, because: 'x' });
const steps: readonly Step[] = [
  {
    label: 'delivered',
    does: async (store, now) => (await claimed(store, now))?.((...it) => store.complete(...it, ended(now))) ?? false,
  },
  {
    label: 'again, after a pause',
    does: async (store, now) =>
      (await claimed(store, now))?.((...it) => store.retryLater(...it, { ...ended(now), until: now })) ?? false,
  },
  {
    label: 'refused, or given up',
    does: async (store, now) => (await claimed(store, now))?.((...it) => store.deadLetter(...it, ended(now))) ?? false,
  },
  { label: 'requeued', does: (store, now) => store.requeue(dispatch.id, now) },
  { label: 'skipped by an operator', does: (store, now) => store.skip(dispatch.id, { now, because: 'x' }) },
  {
    label: 'may no longer be sent',
    does: async (store, now) => {
      const withdrawals = [{ recipient: dispatch.recipient, about: ['Task/t'] }];
      const stateBefore = (await store.dispatch(dispatch.id))?.state;
      await store.commit({ now, withdrawals });
      return (await store.dispatch(dispatch.id))?.state !== stateBefore;
    },
  },
];

/** The states of a dispatch and the moves between them, as the embedded store carries them out. */
async function outbox(): Promise<string> {
  const edges: string[] = [];
  const seen = new Set<DispatchStatus['state']>();
  // Each state is reached anew for each step: a step from a state that does not allow it changes nothing.
  const paths: (readonly Step[])[] = [[]];
  for (const path of paths) {
    const from = await stateAfter(path);
    if (!from || seen.has(from)) continue;
    seen.add(from);
    for (const step of steps) {
      const to = await stateAfter([...path, step]);
      if (!to) continue;
      edges.push(`  ${from} --> ${to}: ${step.label}`);
      paths.push([...path, step]);
    }
  }
  return mermaid([
    'stateDiagram-v2',
    '  [*] --> waiting: stored with the message',
    ...edges,
    ...['delivered', 'skipped', 'withdrawn'].map((it) => `  ${it} --> [*]`),
  ]);
}

/** The state after these steps from a new dispatch; undefined when the store refused one of them. */
async function stateAfter(path: readonly Step[]): Promise<DispatchStatus['state'] | undefined> {
  const store = await openSqliteStore(':memory:');
  try {
    const now = new Date('2026-11-22T00:00:00Z');
    await store.commit({ now, dispatches: [dispatch] });
    for (const [index, { does }] of path.entries())
      if (!(await does(store, new Date(now.getTime() + (index + 1) * 10_000)))) return undefined;
    return (await store.dispatches({ count: 1 })).items[0]?.state;
  } finally {
    await store.close();
  }
}

/** The blocks of docs/guide/ehr-vendor.md. */
export const deliveryBlocks = async (): Promise<Readonly<Record<string, string>>> => ({
  'meaning of an answer': answers(),
  'retry schedule': schedule(),
  'delivery limits': limits(),
  'states of a delivery': await outbox(),
});
