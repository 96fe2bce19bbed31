import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Issue } from '../../fhir/issue.ts';
import { world } from '../../main.ts';
import { findMessages, type MessageLine, type MessageState, messageStates } from '../../operations/index.ts';
import type { Store } from '../../store/port.ts';
import { readingStore, type StoreOptions, withStoreOptions } from '../reading-store.ts';
import { momentIn } from './operator.ts';

type Options = StoreOptions & {
  readonly order?: string;
  readonly from?: string;
  readonly to?: string;
  readonly state?: MessageState;
  readonly since?: Date;
  readonly until?: Date;
  readonly trace?: string;
  readonly code?: string;
  readonly limit: number;
  readonly after?: string;
};

const help = `
Latest first. Ids, codes and times only: never content, nor a name or number of a person. A BSN is never an argument.
Refused messages are listed as long as the network retains them (retention.refused-days).`;

/** `mgn messages`: messages and what became of them. */
export const registerMessages = (program: Command): void => {
  withStoreOptions(
    program
      .command('messages')
      .description(
        'search messages by order, partner, state, time, trace or code, with what became of each; no content',
      ),
  )
    .option('--order <key>', 'id or business identifier of an order or its Task')
    .option('--from <partner>', 'sent by this partner')
    .option('--to <partner>', 'with a delivery to this partner')
    .addOption(new Option('--state <state>', 'what became of it').choices([...messageStates]))
    .option('--since <time>', 'received since: a day, an instant, or 2h', momentIn)
    .option('--until <time>', 'received before', momentIn)
    .option('--trace <id>', 'X-Trace-Id of its journey')
    .option('--code <code>', 'code of a finding, or of the reason why a delivery failed')
    .option('--limit <count>', 'messages at most', limitIn, 50)
    .option('--after <cursor>', 'continue a list where it ended')
    .addHelpText('after', help)
    .action((options: Options) => readingStore(options, (store) => show(store, options)));
};

function limitIn(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('Use a number from 1 to 999999.');
  return Number(text);
}

async function show(store: Store, options: Options): Promise<readonly Issue[]> {
  const { order, from, to, state, since, until, trace, code, limit, after, json } = options;
  let left = limit;
  let cursor = after;
  for (;;) {
    const found = await findMessages(
      store,
      {
        count: Math.min(left, 200),
        ...(order === undefined ? {} : { order }),
        ...(from === undefined ? {} : { sender: from }),
        ...(to === undefined ? {} : { receiver: to }),
        ...(state ? { state } : {}),
        ...(since ? { since } : {}),
        ...(until ? { until } : {}),
        ...(trace === undefined ? {} : { trace }),
        ...(code === undefined ? {} : { code }),
        ...(cursor === undefined ? {} : { cursor }),
      },
      world.now(),
    );
    if (!found.ok) return found.issues;
    for (const it of found.value.items) process.stdout.write(`${json ? JSON.stringify(it) : textOf(it)}\n`);
    left -= found.value.items.length;
    cursor = found.value.next;
    if (cursor === undefined) return [];
    if (left <= 0) {
      if (!json) process.stdout.write(`more: --after ${cursor}\n`);
      return [];
    }
  }
}

const textOf = ({ id, sender, state, receivedAt, traceId, codes, deliveries }: MessageLine): string =>
  [
    `${receivedAt.toISOString()}  ${state.padEnd(9)}  ${sender}  ${id}`,
    `  trace ${traceId}${codes.length ? `  ${codes.join(' ')}` : ''}`,
    ...deliveries.map(
      (it) => `  ${it.state.padEnd(9)}  ${it.kind} to ${it.receiver}${it.because ? `: ${it.because}` : ''}`,
    ),
  ].join('\n');
