import type { Network } from '../directory/index.ts';
import { entriesOf, openLivingNetwork } from '../directory/index.ts';
import type { Received } from '../exchange/envelope.ts';
import type { Deciding } from '../exchange/gateway.ts';
import { consider } from '../exchange.ts';
import type { Decision } from '../routing/index.ts';
import type { Message, Store } from '../store/port.ts';
import { openSqliteStore } from '../store/sqlite/open.ts';
import { memoryAt } from './memory.ts';
import { type Difference, destinationOf, differencesOf, type Outcome, outcomeOf, refusedUnread } from './outcome.ts';

/** One thing that would be other, of how many messages, with the ids of some. */
export type Group = Difference & { readonly count: number; readonly examples: readonly string[] };

export type ShadowReport = {
  readonly from: string;
  readonly to: string;
  /** Messages that were decided again by both sets. */
  readonly messages: number;
  readonly first?: Date;
  readonly last?: Date;
  /** Of them, those of which something would be other. */
  readonly different: number;
  /** Most frequent first. */
  readonly groups: readonly Group[];
  /** Moves of Tasks and other requests, which no set decides by its own. */
  readonly leftOut: number;
  /** Messages for which the first set, run again, sends the Task elsewhere than was recorded. */
  readonly otherThanRecorded: number;
  /** Messages of which not all was looked through that was remembered then. */
  readonly memoryCutOff: number;
  readonly millisecondsPerMessage: number;
};

type Sides = { readonly before: Deciding; readonly after: Deciding };

/**
 * Runs two sets over recorded messages, each with the store as it was just before that message and the directory as it is
 * now, and tells what the second would make of them that the first does not. Nothing is stored, nothing is sent. What it
 * tells holds no personal data.
 */
export async function shadow(
  store: Store,
  { before, after }: Sides,
  messages: AsyncIterable<Message>,
): Promise<ShadowReport> {
  const sides: Sides = { before: await onRecord(before, store), after: await onRecord(after, store) };
  const groups = new Map<string, { difference: Difference; count: number; examples: string[] }>();
  const count = { messages: 0, different: 0, leftOut: 0, otherThanRecorded: 0, memoryCutOff: 0 };
  let period: { first: Date; last: Date } | undefined;
  const began = performance.now();
  for await (const message of messages) {
    const asked = askedIn(message);
    if (!asked) {
      count.leftOut += 1;
      continue;
    }
    const memory = memoryAt(store, message.receivedAt);
    const decide = (deciding: Deciding) => decided(deciding, memory, message, asked);
    const was = await decide(sides.before);
    const found = differencesOf(was, await decide(sides.after));
    count.messages += 1;
    const at = message.receivedAt;
    period = {
      first: period && period.first < at ? period.first : at,
      last: period && period.last > at ? period.last : at,
    };
    if (memory.isCutOff()) count.memoryCutOff += 1;
    if (was.destinations.join() !== asked.recorded.join()) count.otherThanRecorded += 1;
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

/** How a message came in, where it was one that sets decide on; and where it went. */
type Asked = {
  readonly intake?: string;
  readonly asMessage?: boolean;
  readonly recorded: readonly string[];
};

function askedIn({ record }: Message): Asked | undefined {
  const { interaction, intake, asMessage, decisions, steps } = JSON.parse(record) as {
    readonly interaction?: string;
    readonly intake?: string;
    readonly asMessage?: boolean;
    readonly decisions?: readonly Exclude<Decision, { kind: 'refused' }>[];
    readonly steps?: readonly { readonly step: string }[];
  };
  const isAccepted =
    interaction === undefined ? steps?.some(({ step }) => step === 'recognise') : interaction === 'accept';
  if (!isAccepted) return undefined;
  return {
    ...(intake ? { intake } : {}),
    ...(asMessage ? { asMessage } : {}),
    recorded: (decisions ?? []).map(destinationOf),
  };
}

async function decided(
  deciding: Deciding,
  memory: ReturnType<typeof memoryAt>,
  message: Message,
  { intake, asMessage }: Asked,
): Promise<Outcome> {
  const { requestId, traceId, contentType, body, bodyDigest, receivedAt: at } = message;
  const partner = deciding.network.partners.get(message.partner);
  if (!partner) return refusedUnread('login-unknown');
  const received: Received = {
    partner,
    requestId,
    traceId,
    contentType,
    body,
    bodyDigest,
    at,
    ...(intake ? { intake } : {}),
    ...(asMessage ? { asMessage } : {}),
  };
  return outcomeOf(await consider({ ...deciding, world: { ...deciding.world, now: () => at } }, memory, received));
}

/** The network of a set as a gateway that ran on it would have it now: with the figures and directories of the store's log. */
async function onRecord(deciding: Deciding, store: Store): Promise<Deciding> {
  const now = deciding.world.now();
  const scratch = await openSqliteStore(':memory:');
  const log = await entriesOf(store, { latest: true });
  const directory = log.filter(({ text }) => text !== undefined).map((it) => ({ ...it, expect: 0 }));
  for (let at = 0; at < directory.length; at += batch)
    await scratch.commit({ now, directory: directory.slice(at, at + batch) });
  const network: Network = (await openLivingNetwork(deciding.network, scratch, now)).current();
  await scratch.close();
  return { ...deciding, network };
}

const batch = 1_000;
