import { type Group, noteTrial, type ShadowReport, shadow, short } from '../configuration/index.ts';
import { openSet } from '../main/deciding.ts';
import { world } from '../main.ts';
import type { Message, Store } from '../store/port.ts';
import type { Said } from './config.ts';
import { namedSet, setInForce } from './config-set.ts';

type Options = { readonly last: string; readonly since?: string; readonly json?: true };

export async function shadowSet(store: Store, name: string, { last, since, json }: Options): Promise<Said> {
  const most = Number(last);
  const from = since === undefined ? undefined : new Date(since);
  if (!Number.isInteger(most) || most < 1) throw new Error('--last: give a number of messages, such as 1000.');
  if (from && Number.isNaN(from.getTime())) throw new Error('--since: give a date or a time, such as 2026-11-01.');
  const [before, after] = [await setInForce(store), await namedSet(store, name)];
  if (!before.ok || !after.ok) return { lines: [], issues: [...before.issues, ...after.issues], code: 2 };
  const [now, then] = [await openSet(before.value, {}), await openSet(after.value, {})];
  if (!now.ok || !then.ok) return { lines: [], issues: [...now.issues, ...then.issues], code: 2 };
  const report = await shadow(store, { before: now.value, after: then.value }, latest(store, most, from));
  await Promise.all([now.value.terminology.close(), then.value.terminology.close()]);
  await noteTrial(store, world, report);
  const code = report.different > 0 ? 1 : 0;
  return { lines: json ? [JSON.stringify(report)] : linesOf(report), code };
}

async function* latest(store: Store, most: number, since: Date | undefined): AsyncGenerator<Message> {
  let left = most;
  for (let cursor: string | undefined; left > 0; ) {
    const page = await store.messages({ latestFirst: true, count: Math.min(left, 100), ...(cursor ? { cursor } : {}) });
    for (const it of page.items) {
      if (since && it.receivedAt < since) return;
      left -= 1;
      yield it;
    }
    if (!page.next) return;
    cursor = page.next;
  }
}

const aspects: readonly (readonly [Group['aspect'], string])[] = [
  ['outcome', 'Accepted or refused'],
  ['destination', 'Where it goes'],
  ['disclosure', 'Who gets what'],
  ['warning', 'What the sender is warned of'],
];

/** What to know before leaning on the counts. */
const caveats = [
  ['leftOut', 'left out: moves of Tasks and other requests, which are not decided anew'],
  ['otherThanRecorded', 'go elsewhere by the set in force, run again, than was recorded then'],
  ['memoryCutOff', 'of which not all was looked through that was remembered then'],
] as const;

function linesOf(it: ShadowReport): readonly string[] {
  const period = it.first && it.last ? `, ${it.first.toISOString()} to ${it.last.toISOString()}` : '';
  return [
    `${short(it.from)} -> ${short(it.to)}`,
    `${it.messages} recorded messages decided by both${period}`,
    `${it.different} would go otherwise, ${it.messages - it.different} not`,
    ...aspects.flatMap(([aspect, title]) => {
      const groups = it.groups.filter((group) => group.aspect === aspect);
      return groups.length ? ['', title, ...groups.flatMap(linesOfGroup)] : [];
    }),
    '',
    ...caveats.flatMap(([name, says]) => (it[name] > 0 ? [`${it[name]} ${says}`] : [])),
    `${it.millisecondsPerMessage.toFixed(1)} ms a message for both sets`,
  ];
}

const linesOfGroup = ({ was, is, count, examples }: Group): readonly string[] => [
  `  ${String(count).padStart(5)}  was ${was}`,
  `         is  ${is}`,
  `         such as ${examples.join(', ')}`,
];
