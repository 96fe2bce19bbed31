import { type CheckedFile, readChecked } from '../../definitions/checked-yaml.ts';
import { type Issue, issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import type { DataCategory } from '../explicit-consent.ts';
import type { Recipient } from '../recipient.ts';
import { socialLifeDomains } from '../social-life-domains.ts';
import type { ConsentNeed, Ground, GroundRule, Grounds } from './ground.ts';
import schema from './grounds.schema.json' with { type: 'json' };

type RuleFile = {
  readonly consent: ConsentNeed;
  readonly participation?: GroundRule['participation'];
  readonly recipients?: 'municipality';
  readonly outside?: 'asked';
  readonly data?: { readonly categories?: readonly DataCategory[]; readonly 'life-domains': readonly string[] };
};

type GroundFile = {
  readonly code: string;
  readonly from?: string;
  readonly until?: string;
  readonly 'stated-by'?: readonly Recipient['domain'][];
  readonly within: { readonly care?: RuleFile; readonly social?: RuleFile };
};

/**
 * Compiles grounds.yaml. `codes` are those of CodeSystem mgn-legal-basis, each of which has one entry. Reports all
 * mistakes, with line and column: `ground-unknown`, `ground-missing`, `ground-twice`, `ground-data`, `ground-period`,
 * `life-domain-not-social`.
 */
export function compileGrounds(text: string, path: string, codes: readonly string[]): Result<Grounds> {
  const read = readChecked<{ readonly grounds: readonly GroundFile[] }>(text, path, schema);
  if (!read.ok) return read;
  const { grounds } = read.value.value;
  const issues = [
    ...grounds.flatMap((_, index) => mistakesOf(read.value, index, codes)),
    ...codes
      .filter((code) => !grounds.some((it) => it.code === code))
      .map((code) => issue('ground-missing', { file: path, code })),
  ];
  return issues.length ? failure(...issues) : success(new Map(grounds.map((it) => [it.code, compiled(it)])));
}

type File = CheckedFile<{ readonly grounds: readonly GroundFile[] }>;

function mistakesOf({ value: { grounds }, file, placeOf }: File, index: number, codes: readonly string[]): Issue[] {
  const { code, from, until, within } = grounds[index]!;
  const at = (...path: readonly string[]) => placeOf(['grounds', index, ...path]);
  const social = within.social;
  const withoutConsent = social !== undefined && social.consent !== 'required';
  return [
    ...(codes.includes(code) ? [] : [issue('ground-unknown', { file, code, known: codes.join(', ') }, at('code'))]),
    ...(grounds.findIndex((it) => it.code === code) < index ? [issue('ground-twice', { file, code }, at('code'))] : []),
    ...(from && until && until < from ? [issue('ground-period', { file, code }, at('until'))] : []),
    ...(social && withoutConsent !== (social.data !== undefined)
      ? [issue('ground-data', { file, code }, at('within', 'social'))]
      : []),
    ...(social?.data?.['life-domains'] ?? []).flatMap((it) =>
      withSystem(it)
        ? []
        : [issue('life-domain-not-social', { file, code: it }, at('within', 'social', 'data', 'life-domains'))],
    ),
  ];
}

const withSystem = (code: string): string | undefined =>
  [...socialLifeDomains].find((it) => it.slice(it.indexOf('|') + 1) === code);

const compiled = ({ code, from, until, 'stated-by': statedBy, within }: GroundFile): Ground => ({
  code,
  ...(from ? { from } : {}),
  ...(until ? { until } : {}),
  ...(statedBy ? { statedBy: new Set(statedBy) } : {}),
  within: {
    ...(within.care ? { care: ruleOf(within.care) } : {}),
    ...(within.social ? { social: ruleOf(within.social) } : {}),
  },
});

const ruleOf = ({ consent, participation = 'required', recipients, outside, data }: RuleFile): GroundRule => ({
  consent,
  participation,
  data: {
    categories: new Set(data?.categories),
    lifeDomains: new Set(data?.['life-domains'].flatMap((it) => withSystem(it) ?? [])),
  },
  ...(recipients ? { recipients } : {}),
  isAskedOutside: outside === 'asked',
});
