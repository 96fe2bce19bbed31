import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Issue, issue } from '../../fhir/issue.ts';
import { parseJson } from '../../fhir/json.ts';
import { ParseError } from '../../fhir/parse-error.ts';
import { referencesIn } from '../../fhir/reference.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { readText } from './network-files.ts';

/** A resource of the directory with its file. */
export type FiledResource = { readonly resource: Resource & { readonly id: string }; readonly file: string };

/** Every resource in the JSON files of a folder, including the entries of Bundles. Reports all mistakes. */
export async function readDirectoryFiles(folder: string): Promise<Result<readonly FiledResource[]>> {
  let names: string[];
  try {
    names = (await readdir(folder)).filter((it) => it.endsWith('.json')).sort();
  } catch (error) {
    const problem = (error as NodeJS.ErrnoException).code ?? 'error';
    return failure(issue('config-unreadable', { file: folder, problem }));
  }
  const read = await Promise.all(names.map((name) => readFiled(join(folder, name))));
  const filed = read.flatMap((it) => (it.ok ? it.value : []));
  const issues = [...read.flatMap((it) => it.issues), ...duplicates(filed), ...dangling(filed)];
  return issues.length > 0 ? failure(...issues) : success(filed);
}

async function readFiled(file: string): Promise<Result<readonly FiledResource[]>> {
  const text = await readText(file);
  if (!text.ok) return text;
  try {
    const resource = parseJson(text.value);
    const resources = isType(resource, 'Bundle') ? (resource.entry ?? []).map((it) => it?.resource) : [resource];
    const filed = resources.flatMap((it) => (it?.id ? [{ resource: it as FiledResource['resource'], file }] : []));
    return filed.length === resources.length
      ? success(filed)
      : failure(issue('directory-incomplete', { file, resource: 'Resource', what: 'id' }));
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return failure(
      ...error.issues.map((it) =>
        issue(
          'config-syntax',
          { file, problem: it.message },
          { line: it.line ?? error.line, column: it.column ?? error.column },
        ),
      ),
    );
  }
}

export const referenceTo = ({ resource }: FiledResource): string => `${resource.resourceType}/${resource.id}`;

function duplicates(filed: readonly FiledResource[]): Issue[] {
  const seen = new Set<string>();
  return filed.flatMap((it) => {
    const reference = referenceTo(it);
    if (!seen.has(reference)) {
      seen.add(reference);
      return [];
    }
    return [issue('config-duplicate', { file: it.file, path: it.resource.resourceType, name: reference })];
  });
}

function dangling(filed: readonly FiledResource[]): Issue[] {
  const known = new Set(filed.map(referenceTo));
  return filed.flatMap(({ resource, file }) =>
    referencesIn(resource)
      .filter(({ kind, text }) => kind === 'literal' && text !== undefined && !known.has(text))
      .map(({ path, text }) =>
        issue(
          'config-reference-unresolved',
          { file, path: `${resource.resourceType}/${resource.id}: ${path()}`, target: text ?? '' },
          { expression: path() },
        ),
      ),
  );
}
