import type { DecisionContext } from '../exchange/pipeline/gateway.ts';
import type { Message, Store } from '../store/port.ts';
import {
  type Difference,
  destinationOf,
  differencesOf,
  type MessageOutcome,
  messageOutcomeOf,
  refusedBeforeDecision,
} from './message-outcome.ts';
import { memoryAt, type PastMemory } from './past-memory.ts';
import { pastNetworks } from './past-network.ts';
import { decideAgain, type RecordedMessage, recordedMessageOf } from './recorded-message.ts';

/** A difference with the number of messages, and the ids of some. */
export type DifferenceGroup = Difference & { readonly count: number; readonly examples: readonly string[] };

export type ShadowReport = {
  readonly from: string;
  readonly to: string;
  /** Number of messages decided by both sets. */
  readonly messages: number;
  readonly first?: Date;
  readonly last?: Date;
  /** Number of these messages with a difference. */
  readonly different: number;
  /** Most frequent first. */
  readonly groups: readonly DifferenceGroup[];
  /** Number of moves of Tasks and other requests, which are not decided by a set alone. */
  readonly leftOut: number;
  /** Number of messages for which the first set, run again, has another destination than recorded. */
  readonly otherThanRecorded: number;
  /** Number of messages for which a search in the past was incomplete. */
  readonly memoryCutOff: number;
  readonly millisecondsPerMessage: number;
};

type Sides = { readonly before: DecisionContext; readonly after: DecisionContext };

/**
 * Runs two sets over recorded messages, each with the store just before that message and the current directory, and
 * reports the differences. Nothing is stored or sent. The report contains no personal data.
 */
export async function shadow(
  store: Store,
  { before, after }: Sides,
  messages: AsyncIterable<Message>,
): Promise<ShadowReport> {
  const [networkOf, now] = [await pastNetworks(store), before.world.now()];
  const onRecord = async (it: DecisionContext) => ({ ...it, network: await networkOf(it.network, now) });
  const sides: Sides = { before: await onRecord(before), after: await onRecord(after) };
  const groups = new Map<string, { difference: Difference; count: number; examples: string[] }>();
  const count = { messages: 0, different: 0, leftOut: 0, otherThanRecorded: 0, memoryCutOff: 0 };
  let period: { first: Date; last: Date } | undefined;
  const began = performance.now();
  for await (const message of messages) {
    const recorded = recordedMessageOf(message);
    if (!recorded) {
      count.leftOut += 1;
      continue;
    }
    const memory = memoryAt(store, message.receivedAt);
    const was = await decided(sides.before, memory, recorded);
    const found = differencesOf(was, await decided(sides.after, memory, recorded));
    count.messages += 1;
    const at = message.receivedAt;
    period = {
      first: period && period.first < at ? period.first : at,
      last: period && period.last > at ? period.last : at,
    };
    if (memory.isCutOff()) count.memoryCutOff += 1;
    if (was.destinations.join() !== recorded.decisions.map(destinationOf).join()) count.otherThanRecorded += 1;
    if (found.length > 0) count.different += 1;
    for (const difference of found) {
      const key = JSON.stringify(difference);
      const group = groups.get(key) ?? { difference, count: 0, examples: [] };
      groups.set(key, group);
      group.count += 1;
      if (group.examples.length < 3) group.examples.push(message.id);
    }
  }
  return {
    from: before.configuration,
    to: after.configuration,
    ...count,
    ...period,
    groups: [...groups.values()]
      .sort((one, other) => other.count - one.count)
      .map(({ difference, ...rest }) => ({ ...difference, ...rest })),
    millisecondsPerMessage: count.messages ? (performance.now() - began) / count.messages : 0,
  };
}

async function decided(
  deciding: DecisionContext,
  memory: PastMemory,
  message: RecordedMessage,
): Promise<MessageOutcome> {
  const walked = await decideAgain(deciding, memory, message);
  return walked ? messageOutcomeOf(walked, deciding.network) : refusedBeforeDecision('login-unknown');
}
