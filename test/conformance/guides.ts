/**
 * The examples of the packages in a folder against the profiles of their own guide: those in meta.profile, and those that
 * the ImplementationGuide states for an example. Counts only: nothing of a guide enters the repository but its name.
 */
import { existsSync } from 'node:fs';
import { resourceOf } from '../../src/cli/read-resource.ts';
import type { TarFile } from '../../src/definitions/tar.ts';
import { type Issue, isError } from '../../src/fhir/issue.ts';
import { isType, type Resource } from '../../src/fhir/resource.ts';
import { systemClock } from '../../src/main/own-validator.ts';
import { openValidator, type Validator, type Verdict } from '../../src/validation/index.ts';
import { dependenciesOf, filesOf, type Guide, guidesIn, nameOf } from './guide-files.ts';

export type Refusal = { readonly file: string; readonly cause: string; readonly line: string };

export type GuideResult = {
  readonly guide: string;
  readonly verdicts: Readonly<Record<Verdict, number>>;
  /** Examples that a profile other than that of their type applies to. */
  readonly withProfile: number;
  readonly refusals: readonly Refusal[];
  /** Dependencies that are not in the folder, as name#version. */
  readonly absent: readonly string[];
};

export type Guides = {
  readonly results: readonly GuideResult[];
  /** Packages without examples, used as dependencies only. */
  readonly withoutExamples: readonly string[];
  /** Packages that are not of R4, or cannot be read, with the reason. */
  readonly skipped: readonly string[];
  /** Those of `skipped` that should have been measured. */
  readonly failed: readonly string[];
};

/** A mistake of whoever typed the command: a sentence, not a fault. */
export class NoGuides extends Error {}

export async function measureGuides(folder: string): Promise<Guides> {
  const { guides, unreadable } = existsSync(folder) ? guidesIn(folder) : { guides: [], unreadable: [] };
  if (guides.length + unreadable.length === 0)
    throw new NoGuides(`${folder} has no FHIR package; provide a folder with .tgz files or unpacked packages`);
  const results: GuideResult[] = [];
  const withoutExamples: string[] = [];
  const skipped: string[] = [];
  const failed = [...unreadable];
  for (const guide of guides) {
    const { fhirVersions } = guide;
    if (fhirVersions.length > 0 && !fhirVersions.some((it) => it.startsWith('4.0')))
      skipped.push(`${nameOf(guide)}: FHIR ${fhirVersions.join(', ')}`);
    else {
      const files = filesOf(guide.path).filter(({ path }) => path !== 'package.json');
      const examples = files.filter(isExample);
      if (examples.length === 0) withoutExamples.push(nameOf(guide));
      else
        try {
          results.push(await measureGuide(guide, examples, statedProfiles(files), guides));
        } catch (error) {
          failed.push(`${nameOf(guide)}: ${(error as Error).message}`);
        }
    }
  }
  return { results, withoutExamples, skipped: [...failed, ...skipped], failed };
}

/** Files of a folder `example` or `examples`; beside the definitions, every resource that is no definition itself. */
function isExample({ path, text }: TarFile): boolean {
  if (/^examples?\//i.test(path)) return true;
  if (path.includes('/')) return false;
  const it = parsed(path, text);
  return it !== undefined && !('url' in it && typeof it.url === 'string') && it.resourceType !== 'NamingSystem';
}

const parsed = (path: string, text: string): Resource | undefined => {
  const read = resourceOf(path, text);
  return read.ok ? read.value.resource : undefined;
};

type Stated = ReadonlyMap<string, string>;

/** The profile of each example (`Patient/example`) that the ImplementationGuide states. */
function statedProfiles(files: readonly TarFile[]): Stated {
  const stated = new Map<string, string>();
  for (const { path, text } of files.filter((file) => /^ImplementationGuide[^/]*$/.test(file.path))) {
    const it = parsed(path, text);
    if (!isType(it, 'ImplementationGuide')) continue;
    for (const { reference, exampleCanonical } of it.definition?.resource ?? [])
      if (reference.reference && exampleCanonical) stated.set(reference.reference, exampleCanonical);
  }
  return stated;
}

async function measureGuide(
  guide: Guide,
  examples: readonly TarFile[],
  stated: Stated,
  all: readonly Guide[],
): Promise<GuideResult> {
  const { found, absent } = dependenciesOf(guide, all);
  const validator = await openValidator({ ...systemClock, packages: [guide, ...found].map(({ path }) => path) });
  const verdicts = { valid: 0, invalid: 0, undecided: 0 };
  const refusals: Refusal[] = [];
  let withProfile = 0;
  for (const file of examples) {
    const { verdict, issues, profiles } = judge(validator, file, stated);
    verdicts[verdict]++;
    if (profiles.length > 0) withProfile++;
    for (const it of issues.filter(isError)) refusals.push({ file: file.path, cause: causeOf(it), line: lineOf(it) });
  }
  return { guide: nameOf(guide), verdicts, withProfile, refusals, absent };
}

function judge(validator: Validator, { path, text: raw }: TarFile, stated: Stated) {
  const read = resourceOf(path, raw.replace(/^\uFEFF/, ''));
  if (!read.ok) return { verdict: 'invalid' as const, issues: read.issues, profiles: [] };
  const { resource, text } = read.value;
  const own = stated.get(`${resource.resourceType}/${resource.id}`);
  const profiles = own === undefined ? [] : [own];
  const { verdict, issues } = validator.validate(resource, { profiles, text });
  const found = [...read.issues, ...issues];
  return {
    verdict: found.some(isError) ? ('invalid' as const) : verdict,
    issues: found,
    profiles: [...profiles, ...(resource.meta?.profile ?? [])],
  };
}

const causeOf = ({ rule, constraint }: Issue): string => (constraint ? `${rule} ${constraint}` : rule);

const lineOf = ({ expression = '', message }: Issue): string => `${expression}: ${message}`;

/** Each refused example counts once for each of its causes. */
function causes(refusals: readonly Refusal[]): string {
  const files = new Map<string, Set<string>>();
  for (const { cause, file } of refusals) files.set(cause, (files.get(cause) ?? new Set()).add(file));
  return [...files]
    .sort(([a, x], [b, y]) => y.size - x.size || a.localeCompare(b))
    .map(([cause, { size }]) => `${cause} ${size}`)
    .join(', ');
}

const listed = (title: string, items: readonly string[]): string =>
  items.length === 0 ? '' : `\n${title}: ${items.join('; ')}.\n`;

export function tableOfGuides({ results, withoutExamples, skipped }: Guides): string {
  const sum = (of: (it: GuideResult) => number): number => results.reduce((total, it) => total + of(it), 0);
  const count = ({ verdicts }: GuideResult): number => verdicts.valid + verdicts.invalid + verdicts.undecided;
  const row = ({ guide, verdicts, withProfile, refusals }: GuideResult, instances: number): string =>
    `| ${guide} | ${instances} | ${withProfile} | ${verdicts.valid} | ${verdicts.invalid} | ${verdicts.undecided} | ${causes(refusals)} |`;
  const all: GuideResult = {
    guide: 'all',
    verdicts: {
      valid: sum(({ verdicts }) => verdicts.valid),
      invalid: sum(({ verdicts }) => verdicts.invalid),
      undecided: sum(({ verdicts }) => verdicts.undecided),
    },
    withProfile: sum((it) => it.withProfile),
    refusals: results.flatMap(({ guide, refusals }) => refusals.map((it) => ({ ...it, file: `${guide} ${it.file}` }))),
    absent: [],
  };
  return `## Guides of others

\`npm run conformance -- --guides DIR\`: the examples in the FHIR packages of DIR (.tgz, or unpacked), against the profiles in their
meta.profile and those that the ImplementationGuide states, with the other packages of DIR as dependencies. DIR is not part of this
repository. "With profile": examples that name a profile; the others are checked against R4 only. Causes are codes of
[findings](findings.md), with the key of the rule; a refused example counts once for each of its causes. The command prints every refusal.

| guide | instances | with profile | valid | refused | undecided | refused, by cause |
|---|---|---|---|---|---|---|
${[...results, all].map((it) => row(it, count(it))).join('\n')}
${listed(
  'Dependencies that were not in DIR',
  results.flatMap(({ guide, absent }) => (absent.length > 0 ? [`${guide} needs ${absent.join(', ')}`] : [])),
)}${listed('Without examples', withoutExamples)}${listed('Not measured', skipped)}`;
}

/** Every refusal, to be judged by hand. */
export const linesOfRefusals = ({ results }: Guides): string[] =>
  results.flatMap(({ guide, refusals }) =>
    refusals.map(({ file, cause, line }) => `${guide} ${file}: ${cause}: ${line}`),
  );
