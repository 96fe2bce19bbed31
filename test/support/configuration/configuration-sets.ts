import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConfigurationSet, setOf } from '../../../src/configuration/index.ts';
import { bsn } from '../../../src/fhir/identifier.ts';

const example = readFileSync(
  join(import.meta.dirname, '../../../examples/messages/001-referral-as-collection/input.json'),
  'utf8',
);

const testNumbers = Array.from({ length: 100_000 }, (_, index) => `9999${String(index).padStart(5, '0')}`).filter(
  (number) => bsn(number) !== undefined,
);

/** A referral of another, plainly fictive, person each time, who lives at this postcode. */
export const referralOf = (index: number, postcode = '1283'): string =>
  example
    .replaceAll(/9999\d{5}/g, (number) => (number === '999901102' ? testNumbers[index % testNumbers.length]! : number))
    .replace('1283AB', `${postcode}AB`);

/** A rule for one postcode, before all that is decided by municipality. */
export const withPostcodeRule = (routes: string, postcode: string): string =>
  routes.replace(
    '    - id: municipality-team\n',
    `    - id: one-postcode
      when:
        fhirpath: "%postcode = '${postcode}'"
      then:
        ask: human
      reason:
        en: Of this postcode {service} decides.
        nl: Van deze postcode beslist {service}.

    - id: municipality-team
`,
  );

/** The same set with another text of one file. */
export const changed = (set: ConfigurationSet, path: string, change: (text: string) => string): ConfigurationSet =>
  setOf(set.files.map((it) => (it.path === path ? { ...it, text: change(it.text) } : it)));
