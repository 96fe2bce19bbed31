import { type Group, noteTrial, type ShadowReport, shadow, short } from '../configuration/index.ts';
import { openSet } from '../main/open-configuration.ts';
import { world } from '../main.ts';
import type { Store } from '../store/port.ts';
import type { Said } from './config.ts';
import { latest, type Selection } from './config-messages.ts';
import { namedSet, setInForce } from './config-set.ts';

type Options = Selection & { readonly json?: true };

export async function shadowSet(store: Store, name: string, options: Options): Promise<Said> {
  const [before, after] = [await setInForce(store), await namedSet(store, name)];
  if (!before.ok || !after.ok) return { lines: [], issues: [...before.issues, ...after.issues], code: 2 };
  const [now, then] = [await openSet(before.value, {}), await openSet(after.value, {})];
  if (!now.ok || !then.ok) return { lines: [], issues: [...now.issues, ...then.issues], code: 2 };
  const report = await shadow(store, { before: now.value, after: then.value }, latest(store, options));
  await Promise.all([now.value.terminology.close(), then.value.terminology.close()]);
  await noteTrial(store, world, report);
  const code = report.different > 0 ? 1 : 0;
  return { lines: options.json ? [JSON.stringify(report)] : linesOf(report), code };
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
