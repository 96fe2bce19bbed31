import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { forbiddenCharacter } from '../fhir/characters.ts';
import type { Issue } from '../fhir/issue.ts';
import { parseJson } from '../fhir/json.ts';
import { ParseError } from '../fhir/parse-error.ts';
import type { Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { readXml } from '../fhir/xml.ts';
import { standardInput, unreadable } from './files-at.ts';

export type ReadFile = { readonly path: string; readonly text: string; readonly resource: Resource };

/**
 * Reads a resource from a file, or from the standard input (`-`): XML when the content looks like it, whatever its name. Findings have line and column.
 */
export async function readResource(path: string): Promise<Result<ReadFile>> {
  let text: string;
  try {
    text = (path === standardInput ? await readInput() : await readFile(path, 'utf8')).replace(/^\uFEFF/, '');
  } catch (error) {
    return failure(unreadable(error));
  }
  return resourceOf(path, text);
}

/** The resource in the text of a file. */
export function resourceOf(path: string, text: string): Result<ReadFile> {
  try {
    const { resource, issues } = isXml(path, text)
      ? readXml(text)
      : { resource: parseJson(text), issues: [] as readonly Issue[] };
    const forbidden = forbiddenCharacter(resource, resource.resourceType, text);
    return forbidden ? failure(forbidden) : success({ path, text, resource }, issues);
  } catch (error) {
    if (error instanceof ParseError) return failure(...error.issues);
    throw error;
  }
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

export const isXml = (path: string, text: string): boolean =>
  extname(path) === '.xml' || text.trimStart().startsWith('<');
