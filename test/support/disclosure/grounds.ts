import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileGrounds, type Grounds } from '../../../src/disclosure/index.ts';
import { sound } from '../routing/demo-network.ts';

const root = join(import.meta.dirname, '../../..');

/** Codes of CodeSystem mgn-legal-basis. */
export const legalBasisCodes = (
  JSON.parse(readFileSync(join(root, 'profiles/package/CodeSystem-mgn-legal-basis.json'), 'utf8')) as {
    concept: { code: string }[];
  }
).concept.map(({ code }) => code);

export const groundsText = (): string => readFileSync(join(root, 'mappings/grounds.yaml'), 'utf8');

export const groundsOf = (text: string, codes = legalBasisCodes): Grounds =>
  sound(compileGrounds(text, 'mappings/grounds.yaml', codes));

/** The legal bases of the product. */
export const grounds: Grounds = groundsOf(groundsText());
