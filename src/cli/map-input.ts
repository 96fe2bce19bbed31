import { readFileSync } from 'node:fs';
import { parseJsonObject } from '../fhir/json.ts';
import { parseXml } from '../fhir/xml.ts';

/** What a map may read, by the name of its file: FHIR in XML, or JSON of FHIR or a form. */
export function readInput(path: string): unknown {
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  return path.endsWith('.xml') ? parseXml(text) : parseJsonObject(text);
}
