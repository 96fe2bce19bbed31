import { applyPatch, type Operation } from 'rfc6902';
import { clone } from '../fhir/clone.ts';
import { issue } from '../fhir/issue.ts';
import type { Resource } from '../fhir/resource.ts';
import { failure, type Result, success } from '../fhir/result.ts';

const operations = new Set(['add', 'remove', 'replace', 'move', 'copy', 'test']);

/** A JSON Patch (RFC 6902), or the first operation that is none. */
export function parsePatch(text: string): Result<Operation[]> {
  let patch: unknown;
  try {
    patch = JSON.parse(text);
  } catch {
    return failure(issue('patch-malformed', { index: 0 }));
  }
  if (!Array.isArray(patch)) return failure(issue('patch-malformed', { index: 0 }));
  const wrong = patch.findIndex((it) => !operations.has(it?.op) || typeof it?.path !== 'string' || !isPointer(it.path));
  return wrong < 0 ? success(patch as Operation[]) : failure(issue('patch-malformed', { index: wrong }));
}

/** A JSON Pointer that can't reach a prototype. */
const isPointer = (path: string): boolean =>
  (path === '' || path.startsWith('/')) && !/(^|\/)(__proto__|prototype|constructor)(\/|$)/.test(path);

/** The resource as the patch makes it; the current version stays as it is. All operations fit, or none is applied. */
export function applyJsonPatch<T extends Resource>(current: T, patch: Operation[]): Result<T> {
  const patched = clone(current);
  const outcomes = applyPatch(patched, clone(patch));
  const index = outcomes.findIndex((it) => it !== null);
  if (index < 0) return success(patched);
  return failure(issue('patch-failed', { index, problem: problems[outcomes[index]!.name] ?? 'it can not be applied' }));
}

const problems: Readonly<Record<string, string>> = {
  MissingError: 'there is nothing at its path',
  TestError: 'its test does not hold',
  InvalidOperationError: 'its operation is not known',
};
