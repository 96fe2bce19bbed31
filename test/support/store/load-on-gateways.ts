import { randomUUID } from 'node:crypto';
import { setTimeout as pauseFor } from 'node:timers/promises';
import { referralText } from '../exchange/example-referral.ts';
import type { Random } from '../random.ts';
import { type Answered, type Ask, locationOf, rulesOf } from '../test-gateway.ts';

export type Acknowledged = { readonly requestId: string; readonly task: string; readonly isUrgent: boolean };

/** What senders saw: of every request that was acknowledged, and of each answer that was none. */
export type Load = {
  readonly acknowledged: Acknowledged[];
  /** Request ids of moves of Tasks. */
  readonly moved: string[];
  readonly unavailable: Answered[];
  /** Attempts without any answer: the gateway was killed. */
  unanswered: number;
  /** Answers that no sender may get. */
  readonly unexpected: string[];
};

export const emptyLoad = (): Load => ({ acknowledged: [], moved: [], unavailable: [], unanswered: 0, unexpected: [] });

const accept = JSON.stringify([{ op: 'replace', path: '/status', value: 'accepted' }]);
const urgentText = referralText.replaceAll(/"priority": "routine"/g, '"priority": "urgent"');

/**
 * Sends referrals, one in eight urgent, and accepts the Task of each, at a gateway that chance picks; repeats with the same
 * request id, at a gateway that chance picks anew, until an answer comes.
 */
export async function load(
  asks: readonly Ask[],
  { count, clients, chance, into }: { count: number; clients: number; chance: Random; into: Load },
): Promise<void> {
  let left = count;
  const insist = async (requestId: string, send: (ask: Ask) => Promise<Answered>): Promise<Answered | undefined> => {
    for (let attempt = 0; attempt < 300; attempt++) {
      const answer = await send(chance.pick(asks)).catch(() => undefined);
      if (answer?.status === 200 || answer?.status === 409) return answer;
      if (answer?.status === 503) into.unavailable.push(answer);
      else if (answer) into.unexpected.push(`${answer.status} ${rulesOf(answer)} ${requestId}`);
      else into.unanswered += 1;
      if (answer && answer.status !== 503) return undefined;
      await pauseFor(100);
    }
    into.unexpected.push(`no answer to ${requestId}`);
    return undefined;
  };
  const client = async () => {
    while (left-- > 0) {
      const [requestId, moveId] = [randomUUID(), randomUUID()];
      const isUrgent = chance.int(8) === 0;
      const body = isUrgent ? urgentText : referralText;
      const answer = await insist(requestId, (ask) => ask('POST', '/fhir', { as: 'gp-de-linde', body, requestId }));
      const task = answer && taskOf(answer);
      if (!task) continue;
      into.acknowledged.push({ requestId, task, isUrgent });
      const headers = { 'if-match': 'W/"1"' };
      const contentType = 'application/json-patch+json';
      const asking = { as: 'registration-team', body: accept, contentType, requestId: moveId, headers };
      if (await insist(moveId, (ask) => ask('PATCH', `/fhir/${task}`, asking))) into.moved.push(moveId);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
}

/** Of an acceptance, or of the answer to a resend, which names where the first one led. */
const taskOf = (answer: Answered): string | undefined =>
  answer.status === 200 ? locationOf(answer, 'Task') : /Task\/[0-9a-f-]{36}/.exec(answer.text)?.[0];
