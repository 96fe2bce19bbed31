/** The examples that Nictiz publishes for nl-core and zib2020, from XML, against the profiles that they name. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isError } from '../../src/fhir/issue.ts';
import { parseXml } from '../../src/fhir/xml.ts';
import { openValidator, type Validator, type Verdict } from '../../src/validation/index.ts';
import { shared } from './section.ts';

export const packages = (): string[] =>
  readdirSync(join(shared, 'packages')).map((name) => join(shared, 'packages', name));

export const nlCoreExamples = (): { readonly name: string; readonly text: string }[] =>
  readdirSync(join(shared, 'nl-core-examples')).map((name) => ({
    name,
    text: readFileSync(join(shared, 'nl-core-examples', name), 'utf8'),
  }));

export type NlCore = {
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly errors: readonly string[];
  /** Profiles of the packages that cannot be compiled, with the reason. */
  readonly unsupported: readonly string[];
  readonly profiles: number;
  /** Value sets whose code systems are not here, asked by how many values. */
  readonly questions: number;
};

export async function measureNlCore(): Promise<NlCore> {
  const validator = await openValidator({ packages: packages() });
  const verdicts = { valid: 0, invalid: 0, undecided: 0 };
  const errors: string[] = [];
  let questions = 0;
  for (const { name, text } of nlCoreExamples()) {
    const report = validator.validate(parseXml(text), { text });
    verdicts[report.verdict]++;
    questions += report.questions.length;
    for (const it of report.issues.filter(isError)) errors.push(`${name}: ${it.expression} ${it.rule}`);
  }
  const profiles = validator.definitions
    .entries('StructureDefinition')
    .map(({ url }) => url)
    .filter((url) => url.startsWith('http://nictiz.nl/'));
  return {
    verdicts,
    errors,
    unsupported: profiles.flatMap((url) => unsupported(validator, url)),
    profiles: profiles.length,
    questions,
  };
}

function unsupported(validator: Validator, url: string): string[] {
  try {
    validator.check(url);
    return [];
  } catch (error) {
    return [(error as Error).message];
  }
}

export const tableOfNlCore = ({
  verdicts,
  errors,
  unsupported: refused,
  profiles,
  questions,
}: NlCore): string => `## nl-core and zib2020

\`npm run conformance\`: the examples published by Nictiz, read from XML, against the profiles they name (differential
only; the snapshots are generated).

| | |
|---|---|
| examples | ${verdicts.valid + verdicts.invalid + verdicts.undecided} |
| with an error | ${verdicts.invalid} ${errors.join('; ')} |
| valid | ${verdicts.valid} |
| undecided: ${questions} codes of SNOMED CT, LOINC and other systems whose content is not loaded | ${verdicts.undecided} |
| profiles of the package that compile | ${profiles - refused.length} of ${profiles} |
`;
