import { type DifferenceGroup, recordTrial, type ShadowReport, shadow, short } from '../../configuration/index.ts';
import { openSet } from '../../main/open-configuration.ts';
import { world } from '../../main.ts';
import type { Store } from '../../store/port.ts';
import type { Language } from '../options.ts';
import { withProgress } from '../progress.ts';
import type { CommandResult } from './command-result.ts';
import { namedSet, setInForce } from './named-set.ts';
import { latest, type Selection } from './recorded-messages.ts';

type Options = Selection & { readonly json?: true; readonly language?: Language };

export async function shadowSet(store: Store, name: string, options: Options): Promise<CommandResult> {
  const [before, after] = [await setInForce(store), await namedSet(store, name)];
  if (!before.ok || !after.ok) return { lines: [], issues: [...before.issues, ...after.issues], code: 2 };
  const [now, then] = [await openSet(before.value, {}), await openSet(after.value, {})];
  if (!now.ok || !then.ok) return { lines: [], issues: [...now.issues, ...then.issues], code: 2 };
  const report = await shadow(
    store,
    { before: now.value, after: then.value },
    withProgress('messages', latest(store, options), {
      total: Number(options.last),
      language: options.language ?? 'en',
    }),
  );
  await Promise.all([now.value.terminology.close(), then.value.terminology.close()]);
  await recordTrial(store, world, report);
  const code = report.different > 0 ? 1 : 0;
  return { lines: options.json ? [JSON.stringify(report)] : linesOf(report), code };
}

const aspects: readonly (readonly [DifferenceGroup['aspect'], string])[] = [
  ['outcome', 'Accepted or refused'],
  ['destination', 'Destination'],
  ['disclosure', 'Disclosure'],
  ['element', 'Elements disclosed'],
  ['warning', 'Warnings to the sender'],
];

/** Limits of the counts. */
const caveats = [
  ['leftOut', 'not repeated: moves of Tasks and other requests'],
  ['otherThanRecorded', 'with another destination than recorded, when the set in force is run again'],
  ['memoryCutOff', 'with an incomplete search of the past'],
] as const;

function linesOf(it: ShadowReport): readonly string[] {
  const period = it.first && it.last ? `, ${it.first.toISOString()} to ${it.last.toISOString()}` : '';
  return [
    `${short(it.from)} -> ${short(it.to)}`,
    `${it.messages} recorded messages decided by both${period}`,
    `${it.different} would differ, ${it.messages - it.different} not`,
    ...aspects.flatMap(([aspect, title]) => {
      const groups = it.groups.filter((group) => group.aspect === aspect);
      return groups.length ? ['', title, ...groups.flatMap((group) => linesOfGroup(group, it.messages))] : [];
    }),
    '',
    ...caveats.flatMap(([name, says]) => (it[name] > 0 ? [`${it[name]} ${says}`] : [])),
    `${it.millisecondsPerMessage.toFixed(1)} ms per message for both sets`,
  ];
}

const linesOfGroup = ({ aspect, was, is, count, examples }: DifferenceGroup, messages: number): readonly string[] => [
  ...(aspect === 'element'
    ? [`  would ${is === '-' ? `no longer disclose ${was}` : `newly disclose ${is}`}: ${count} of ${messages} messages`]
    : [`  ${String(count).padStart(5)}  was ${was}`, `         is  ${is}`]),
  `        for example ${examples.join(', ')}`,
];
