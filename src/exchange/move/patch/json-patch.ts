import { canonicalJson } from '../../../fhir/canonical-json.ts';
import { clone } from '../../../fhir/clone.ts';
import { copyDecimalText } from '../../../fhir/decimal.ts';
import { issue } from '../../../fhir/issue.ts';
import { failure, type Result, success } from '../../../fhir/result.ts';
import { countValues } from '../../reading/count-values.ts';

/**
 * One operation of a JSON Patch (https://www.rfc-editor.org/rfc/rfc6902). Pointers are lists of keys; `parent` is the
 * object that contains `value`.
 */
export type Operation =
  | {
      readonly op: 'add' | 'replace' | 'test';
      readonly path: Pointer;
      readonly value: unknown;
      readonly parent: object;
    }
  | { readonly op: 'remove'; readonly path: Pointer }
  | { readonly op: 'move' | 'copy'; readonly from: Pointer; readonly path: Pointer };
export type Pointer = readonly string[];

type Container = Record<string, unknown> | unknown[];
type Failed = 'missing' | 'differs' | 'misplaced' | 'too-large';

/**
 * Applies all operations or none (`patch-failed`); `document` itself does not change. Not a library, because a patch is
 * hostile input: this implementation bounds the number of copied values and the depth of nesting.
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

/** Upper bound on values added by `copy`; a Task has about a hundred. */
const maximumCopied = 10_000;

const problems: Readonly<Record<Failed, string>> = {
  missing: 'there is nothing at its path',
  differs: 'its test does not hold',
  misplaced: 'nothing can be put at its path',
  'too-large': 'it copies too much, or into itself',
};

/** `root` contains the document as its only member, so that the document can be replaced like any value. */
function apply(root: Container, operation: Operation, budget: { values: number }): Failed | undefined {
  const path = ['document', ...operation.path];
  switch (operation.op) {
    case 'add':
      return insertAt(root, path, operation.value, { parent: operation.parent, key: 'value' });
    case 'replace':
      return replaceAt(root, path, operation.value, { parent: operation.parent, key: 'value' });
    case 'remove':
      return removeAt(root, path) === absent ? 'missing' : undefined;
    case 'test': {
      const found = valueAt(root, path);
      return found !== absent && canonicalJson(found) === canonicalJson(operation.value) ? undefined : 'differs';
    }
    case 'copy': {
      const found = valueAt(root, ['document', ...operation.from]);
      if (found === absent) return 'missing';
      budget.values -= 1 + countValues(found, budget.values);
      return budget.values < 0 ? 'too-large' : insertAt(root, path, clone(found), placeOf(root, operation.from));
    }
    case 'move': {
      const from = ['document', ...operation.from];
      if (from.every((key, index) => path[index] === key) && from.length < path.length) return 'too-large';
      const source = placeOf(root, operation.from);
      const found = removeAt(root, from);
      return found === absent ? 'missing' : insertAt(root, path, found, source);
    }
  }
}

/** Parent and key of a value: fhir/decimal.ts stores the digits of a number by them. */
type Place = { readonly parent: object; readonly key: string };

const placeOf = (root: Container, pointer: Pointer): Place => {
  const path = ['document', ...pointer];
  return { parent: valueAt(root, path.slice(0, -1)) as object, key: path.at(-1)! };
};

/** Copies the written digits of a number. FHIR has no numbers directly in arrays. */
function copyDigits(source: Place, target: Place): void {
  if (!Array.isArray(source.parent) && !Array.isArray(target.parent))
    copyDecimalText(source.parent, source.key, target.parent, target.key);
}

const absent = Symbol('nothing');

/** Reads own members only: no pointer reaches a prototype. */
function valueAt(from: unknown, path: Pointer): unknown {
  let value = from;
  for (const key of path) {
    if (!isContainer(value)) return absent;
    if (Array.isArray(value) ? !isIndex(key, value.length - 1) : !Object.hasOwn(value, key)) return absent;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function removeAt(root: Container, path: Pointer): unknown {
  const found = valueAt(root, path);
  const [parent, key] = [valueAt(root, path.slice(0, -1)), path.at(-1)!];
  if (found === absent || !isContainer(parent)) return absent;
  if (Array.isArray(parent)) parent.splice(Number(key), 1);
  else delete parent[key];
  return found;
}

/** Assigns in place, so that properties retain their order. */
function replaceAt(root: Container, path: Pointer, value: unknown, source: Place): Failed | undefined {
  if (valueAt(root, path) === absent) return 'missing';
  const { parent, key } = placeOf(root, path.slice(1));
  (parent as Record<string, unknown>)[key] = value;
  copyDigits(source, { parent, key });
  return undefined;
}

function insertAt(root: Container, path: Pointer, value: unknown, source: Place): Failed | undefined {
  const [parent, key] = [valueAt(root, path.slice(0, -1)), path.at(-1)!];
  if (!isContainer(parent)) return 'missing';
  if (path.length > maximumDepth || key === '__proto__') return 'misplaced';
  if (!Array.isArray(parent)) parent[key] = value;
  else if (key === '-') parent.push(value);
  else if (isIndex(key, parent.length)) parent.splice(Number(key), 0, value);
  else return 'misplaced';
  copyDigits(source, { parent, key });
  return undefined;
}

/**
 * No element of a Task is this deep. Together with the number of operations it protects recursion from a stack
 * overflow.
 */
const maximumDepth = 16;

const isContainer = (value: unknown): value is Container => typeof value === 'object' && value !== null;

const isIndex = (key: string, last: number): boolean => /^(0|[1-9]\d{0,8})$/.test(key) && Number(key) <= last;
