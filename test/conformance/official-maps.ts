/**
 * HL7's own test cases of the mapping language (FHIR/fhir-test-cases, r5/structure-mapping), with the CDA models published
 * beside them: they are reference, not ours to publish, and are read where they lie.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '../../src/fhir/resource.ts';
import { parseXml } from '../../src/fhir/xml.ts';
import { compileMap } from '../../src/mapping/index.ts';
import { isHere, shared } from './section.ts';

const folder = join(shared, 'fml/official');
export const text = (name: string): string => readFileSync(join(folder, name), 'utf8');
export const json = (name: string): Record<string, unknown> => JSON.parse(text(name).replace(/^\uFEFF/, ''));
export const compile = (name: string) => compileMap([{ path: name, text: text(name) }], { definitions: cda });

/** The CDA models that HL7 publishes beside its cases. */
const cda: readonly Resource[] = isHere('fml/official/cda')
  ? readdirSync(join(folder, 'cda'))
      .filter((name) => name.endsWith('.xml'))
      .map((name) => parseXml(text(`cda/${name}`)))
  : [];

/** Declaration and white space between tags say nothing. */
const canonicalXml = (xml: string): string =>
  xml
    .replace(/^<\?xml[^>]*\?>/, '')
    .replace(/\s+/g, ' ')
    .replace(/> </g, '><')
    .replace(/ \/>/g, '/>')
    .trim();

export type OfficialCase = {
  readonly name: string;
  readonly source: string;
  readonly map: string;
  readonly output: string;
};

/** The cases of HL7's manifest; none where its data is not here. */
export const officialCases: readonly OfficialCase[] = isHere('fml/official')
  ? [...text('manifest.xml').matchAll(/<test name="([^"]*)" source="([^"]*)" map="([^"]*)" output="([^"]*)"/g)].map(
      ([, name = '', source = '', map = '', output = '']) => ({ name: name.replace(/^.*\//, ''), source, map, output }),
    )
  : [];

/** What a case makes and what it should make, both so that equal is equal; XML without what says nothing. */
export function runOfficial({ source, map, output }: OfficialCase) {
  const { output: made, issues = [] } = compile(map).run(json(source));
  const isXml = output.endsWith('.xml');
  return {
    made: isXml ? canonicalXml(String(made)) : made,
    expected: isXml ? canonicalXml(text(output)) : json(output),
    issues,
  };
}
