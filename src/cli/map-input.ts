import { readFileSync } from 'node:fs';
import { parseJsonObject } from '../fhir/json.ts';
import { ParseError } from '../fhir/parse-error.ts';
import { parseXml } from '../fhir/xml.ts';
import { type CompiledMap, parseHl7 } from '../mapping/index.ts';

/**
 * Reads the input of a map by file extension: XML of FHIR or of the logical model that the map reads, HL7 v2 (`.hl7`,
 * `.er7`), or JSON of FHIR or a form. Throws ParseError, which names the file.
 */
export function readInput(path: string, map?: Pick<CompiledMap, 'readXml'>): unknown {
  const bytes = readFileSync(path);
  if (isHl7File(path)) return parseHl7(bytes);
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  try {
    return path.endsWith('.xml') ? (map?.readXml ?? parseXml)(text) : parseJsonObject(text);
  } catch (error) {
    if (error instanceof ParseError) error.message = `${path}:${error.message}${remedyFor(path)}`;
    throw error;
  }
}

export const isHl7File = (path: string): boolean => /\.(?:hl7|er7)$/.test(path);

const remedyFor = (path: string): string =>
  /\.(?:json|xml)$/.test(path)
    ? ''
    : ' The input of a map is JSON (.json), XML (.xml) or HL7 v2 (.hl7, .er7): the extension of the file states which.';
