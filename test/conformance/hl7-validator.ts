/**
 * The cases of HL7's validator suite for R4: whether we find an error exactly where HL7's own validator finds one.
 * The options that a case was made with are given to ours; its supporting definitions are laid over R4 core.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isError } from '../../src/fhir/issue.ts';
import type { Resource } from '../../src/fhir/resource.ts';
import { openValidator, type Validator, type ValidatorOptions } from '../../src/validation/index.ts';
import { shared } from './section.ts';

type Case = {
  readonly id: string;
  readonly group: 'instance' | 'definitions' | 'questionnaire';
  readonly expected: 'valid' | 'invalid';
  readonly profileUrls: readonly string[];
  readonly options: { readonly validateContains?: string; readonly assumeValidRestReferences?: boolean };
  readonly text: string;
  readonly supporting: readonly Resource[];
};

export type Disagreement = {
  readonly id: string;
  readonly kind: 'false positive' | 'missed' | 'crash';
  readonly reason: string;
};
export type Group = {
  readonly name: string;
  readonly cases: number;
  readonly agreed: number;
  readonly disagreements: readonly Disagreement[];
};

/** Why ours says otherwise. */
const reasons: Readonly<Record<string, string>> = {
  'obs-temp-bad':
    'HL7 derives body temperature from the SNOMED CT code and requires the LOINC code of the vital signs profile; the content of SNOMED CT is not loaded',
  'obs-max-decimal#profile':
    'the profile sets a maximum of 100 on value[x].value and the instance has 150.25; HL7 skips a path into a choice of types, ours applies it to the Quantity',
};

/** HL7's validator refuses unknown extensions, example URLs and broken links in a narrative, unless it is told otherwise. */
const asHl7: ValidatorOptions = { unknownExtensions: 'error', exampleUrls: 'error', narrativeLinks: 'error' };

export async function measureHl7(): Promise<Group[]> {
  const cases = readFileSync(join(shared, 'hl7-validator/cases.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case);
  const opened = new Map<string, Validator>();
  const validatorFor = async ({ options }: Case): Promise<Validator> => {
    const own: ValidatorOptions = {
      ...asHl7,
      ...(options.assumeValidRestReferences ? { restfulReferences: true } : {}),
      ...(options.validateContains === 'IGNORE' ? { contained: 'ignore' } : {}),
    };
    const key = JSON.stringify(own);
    const known = opened.get(key) ?? (await openValidator(own));
    opened.set(key, known);
    return known;
  };
  const groups: Group[] = [];
  for (const name of ['instance', 'questionnaire', 'definitions'] as const) {
    const own = cases.filter(({ group }) => group === name);
    const disagreements: Disagreement[] = [];
    for (const it of own) {
      const kind = disagreement(await validatorFor(it), it);
      if (kind) disagreements.push({ id: it.id, kind, reason: reasons[it.id] ?? 'not explained' });
    }
    groups.push({ name, cases: own.length, agreed: own.length - disagreements.length, disagreements });
  }
  return groups;
}

function disagreement(
  validator: Validator,
  { supporting, text, profileUrls, expected }: Case,
): Disagreement['kind'] | undefined {
  try {
    const over = supporting.length > 0 ? validator.with(supporting) : validator;
    const { issues } = over.validate(JSON.parse(text), { profiles: profileUrls });
    const wrong = issues.some(isError);
    if (wrong === (expected === 'invalid')) return undefined;
    return wrong ? 'false positive' : 'missed';
  } catch {
    return 'crash';
  }
}

const percent = ({ agreed, cases }: Group): string => `${((100 * agreed) / cases).toFixed(1)} %`;

export const tableOfHl7 = (groups: readonly Group[]): string => `## HL7's validator suite, R4

\`npm run conformance\`: whether errors are found exactly where HL7's own (Java) validator finds them.

| group | cases | agreed | |
|---|---|---|---|
${groups.map((it) => `| ${it.name} | ${it.cases} | ${it.agreed} | ${percent(it)} |`).join('\n')}

Differences:

| case | ours | why |
|---|---|---|
${groups.flatMap(({ disagreements }) => disagreements.map(({ id, kind, reason }) => `| ${id} | ${kind} | ${reason} |`)).join('\n')}
`;
