import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle } from '@medplum/fhirtypes';
import { parse } from 'yaml';
import { type Projections, permissionsOf, type RecipientKind, type StatedPermissions } from '../disclosure/index.ts';
import { parseJson } from '../fhir/json.ts';
import type { Resource } from '../fhir/resource.ts';

/** A test case of the projections: a folder with a Bundle, for whom it is, and what goes out of it. */
export type ProjectionCase = StatedPermissions & {
  readonly name: string;
  readonly folder: string;
  readonly story: string;
  readonly recipient: RecipientKind;
  readonly phase: string;
  readonly message: string;
};

export type ProjectionCaseResult = {
  readonly name: string;
  /** The differences from the expected Bundle; empty when there are none. */
  readonly differences: readonly string[];
};

/** The cases beside the files: `tests/<case>/{case.yaml,input.json,expected.json}`. */
export function projectionCasesIn(folder: string): ProjectionCase[] {
  const tests = join(folder, 'tests');
  if (!existsSync(tests)) return [];
  return readdirSync(tests)
    .sort()
    .map((name) => ({
      ...(parse(readFileSync(join(tests, name, 'case.yaml'), 'utf8')) as ProjectionCase),
      name,
      folder: join(tests, name),
    }));
}

/** What goes out of a case, as text: the resources in their projected form. */
export function outcomeOf(projections: Projections, it: ProjectionCase, input: Bundle): string {
  const message = projections[it.recipient].message(it.phase as never, it.message as never);
  const permissions = permissionsOf(it);
  const entry = (input.entry ?? []).flatMap(({ resource }) => {
    const passed = resource && message.project(resource as Resource, permissions);
    return passed ? [{ resource: passed }] : [];
  });
  return `${JSON.stringify({ resourceType: 'Bundle', type: 'collection', entry }, null, 2)}\n`;
}

export const inputOfCase = ({ folder }: ProjectionCase): Bundle =>
  parseJson(readFileSync(join(folder, 'input.json'), 'utf8')) as Bundle;

/** Runs one case. With `update` its outcome becomes the expected one. */
export function runProjectionCase(projections: Projections, it: ProjectionCase, update: boolean): ProjectionCaseResult {
  const found = outcomeOf(projections, it, inputOfCase(it));
  const file = join(it.folder, 'expected.json');
  if (update) writeFileSync(file, found);
  const expected = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (expected === found) return { name: it.name, differences: [] };
  const [before, after] = [expected.split('\n'), found.split('\n')];
  const line = after.findIndex((text, index) => text !== before[index]);
  return {
    name: it.name,
    differences: [
      `${file}:${line + 1}`,
      `  expected ${before[line]?.trim() ?? '(nothing)'}`,
      `  found    ${after[line]?.trim() ?? '(nothing)'}`,
    ],
  };
}
