import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bsn } from '../../src/fhir/identifier.ts';

const examples = {
  'own profile': '001-referral-as-collection',
  ELZ: '004-elz-referral-json',
};

export type Body = { readonly name: string; readonly size: number; readonly next: () => string };

/** The messages under measurement. Each `next` is an order of its own about another person, until the test numbers run out. */
export function bodies(names: readonly string[] = Object.keys(examples)): readonly Body[] {
  return Object.entries(examples)
    .filter(([name]) => names.includes(name))
    .map(([name, example]) => {
      const path = join(import.meta.dirname, '../../examples/messages', example, 'input.json');
      const bundle = JSON.parse(readFileSync(path, 'utf8'));
      for (const { resource } of bundle.entry)
        if (resource.resourceType === 'Task')
          resource.identifier = [{ system: 'https://his.gp-de-linde.example/taken', value: 'bench-0' }];
      const text = JSON.stringify(bundle, undefined, 2);
      return { name, size: Buffer.byteLength(text), next: () => ofAnother(text) };
    });
}

/** The test range of BSNs, as far as it passes the elfproef. */
const testNumbers = Array.from({ length: 100_000 }, (_, index) => `9999${String(index).padStart(5, '0')}`).filter(
  (number) => bsn(number) !== undefined,
);
let sent = 0;

function ofAnother(text: string): string {
  sent += 1;
  const number = testNumbers[sent % testNumbers.length]!;
  return text.replaceAll(/9999\d{5}/g, number).replaceAll('bench-0', `bench-${process.pid}${sent}`);
}
