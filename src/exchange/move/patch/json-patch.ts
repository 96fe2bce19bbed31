import { canonicalJson } from '../../../fhir/canonical-json.ts';
import { clone } from '../../../fhir/clone.ts';
import { copyDecimalText } from '../../../fhir/decimal.ts';
import { issue } from '../../../fhir/issue.ts';
import { failure, type Result, success } from '../../../fhir/result.ts';
import { countValues } from '../../reading/count-values.ts';

/** One operation of a JSON Patch (https://www.rfc-editor.org/rfc/rfc6902); its pointers as lists of keys. */
export type Operation =
  | {
      readonly op: 'add' | 'replace' | 'test';
      readonly path: Pointer;
      readonly value: unknown;
      readonly holder: object;
    }
  | { readonly op: 'remove'; readonly path: Pointer }
  | { readonly op: 'move' | 'copy'; readonly from: Pointer; readonly path: Pointer };
export type Pointer = readonly string[];

type Container = Record<string, unknown> | unknown[];
type Failed = 'missing' | 'differs' | 'misplaced' | 'too-large';

/**
 * The document as the patch makes it, all of its operations or none; `document` itself stays as it was. Ours instead of a
 * library's because a patch is hostile until it has been applied: what it copies and how deep it nests is bounded.
 */
export function applyJsonPatch<T extends object>(document: T, operations: readonly Operation[]): Result<T> {
  const root = { document: clone(document) as unknown };
  const budget = { values: maximumCopied };
  for (const [index, operation] of operations.entries()) {
    const failed = apply(root as Container, operation, budget);
    if (failed) return failure(issue('patch-failed', { index, problem: problems[failed] }));
  }
  return success(root.document as T);
}

/** Values that copies may add: a Task has some hundred. */
const maximumCopied = 10_000;

const problems: Readonly<Record<Failed, string>> = {
  missing: 'there is nothing at its path',
  differs: 'its test does not hold',
  misplaced: 'nothing can be put at its path',
  'too-large': 'it copies too much, or into itself',
};

/** `root` holds the document as its only member, so that the document itself can be replaced like any value. */
function apply(root: Container, operation: Operation, budget: { values: number }): Failed | undefined {
  const path = ['document', ...operation.path];
  switch (operation.op) {
    case 'add':
      return put(root, path, operation.value, { holder: operation.holder, key: 'value' });
    case 'replace':
      return replaceAt(root, path, operation.value, { holder: operation.holder, key: 'value' });
    case 'remove':
      return take(root, path) === nothing ? 'missing' : undefined;
    case 'test': {
      const found = valueAt(root, path);
      return found !== nothing && canonicalJson(found) === canonicalJson(operation.value) ? undefined : 'differs';
    }
    case 'copy': {
      const found = valueAt(root, ['document', ...operation.from]);
      if (found === nothing) return 'missing';
      budget.values -= 1 + countValues(found, budget.values);
      return budget.values < 0 ? 'too-large' : put(root, path, clone(found), placeOf(root, operation.from));
    }
    case 'move': {
      const from = ['document', ...operation.from];
      if (from.every((key, index) => path[index] === key) && from.length < path.length) return 'too-large';
      const source = placeOf(root, operation.from);
      const found = take(root, from);
      return found === nothing ? 'missing' : put(root, path, found, source);
    }
  }
}

/** Where a value stands: a number's digits are known by it (fhir/decimal.ts). */
type Place = { readonly holder: object; readonly key: string };

const placeOf = (root: Container, pointer: Pointer): Place => {
  const path = ['document', ...pointer];
  return { holder: valueAt(root, path.slice(0, -1)) as object, key: path.at(-1)! };
};

/** FHIR has no numbers directly in arrays. */
function keepDigits(source: Place, target: Place): void {
  if (!Array.isArray(source.holder) && !Array.isArray(target.holder))
    copyDecimalText(source.holder, source.key, target.holder, target.key);
}

const nothing = Symbol('nothing');

/** Own members only: no pointer reaches a prototype. */
function valueAt(from: unknown, path: Pointer): unknown {
  let value = from;
  for (const key of path) {
    if (!isContainer(value)) return nothing;
    if (Array.isArray(value) ? !isIndex(key, value.length - 1) : !Object.hasOwn(value, key)) return nothing;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function take(root: Container, path: Pointer): unknown {
  const found = valueAt(root, path);
  const [holder, key] = [valueAt(root, path.slice(0, -1)), path.at(-1)!];
  if (found === nothing || !isContainer(holder)) return nothing;
  if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
  return found;
}

/** In its place: properties keep their order. */
function replaceAt(root: Container, path: Pointer, value: unknown, source: Place): Failed | undefined {
  if (valueAt(root, path) === nothing) return 'missing';
  const { holder, key } = placeOf(root, path.slice(1));
  (holder as Record<string, unknown>)[key] = value;
  keepDigits(source, { holder, key });
  return undefined;
}

function put(root: Container, path: Pointer, value: unknown, source: Place): Failed | undefined {
  const [holder, key] = [valueAt(root, path.slice(0, -1)), path.at(-1)!];
  if (!isContainer(holder)) return 'missing';
  if (path.length > maximumDepth || key === '__proto__') return 'misplaced';
  if (!Array.isArray(holder)) holder[key] = value;
  else if (key === '-') holder.push(value);
  else if (isIndex(key, holder.length)) holder.splice(Number(key), 0, value);
  else return 'misplaced';
  keepDigits(source, { holder, key });
  return undefined;
}

/** No element of a Task lies this deep. With the number of operations it keeps recursive walks far from the end of the stack. */
const maximumDepth = 16;

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

const isIndex = (key: string, last: number): boolean => /^(0|[1-9]\d{0,8})$/.test(key) && Number(key) <= last;
