import { forbiddenCharacter } from '../../../fhir/characters.ts';
import { issue } from '../../../fhir/issue.ts';
import { readJsonExactly } from '../../../fhir/json-reader.ts';
import { type Limits, ParseError } from '../../../fhir/parse-error.ts';
import { failure, type Result, success } from '../../../fhir/result.ts';
import { countValues } from '../../reading/count-values.ts';
import { maximumValues } from '../../reading/parse.ts';
import type { Operation, Pointer } from './json-patch.ts';

/** Upper bound; no change of a Task needs more. */
const maximumOperations = 100;

/**
 * Parses a JSON Patch (https://www.rfc-editor.org/rfc/rfc6902); decimals retain their digits. Issues: `patch-malformed`
 * with the index of the first invalid operation, `patch-too-long`.
 */
export function parsePatch(text: string, limits: Limits): Result<readonly Operation[]> {
  const read = readPatch(text, limits);
  if (!read.ok) return read;
  const operations: Operation[] = [];
  for (const [index, it] of read.value.entries()) {
    const operation = operationOf(it);
    if (!operation) return failure(issue('patch-malformed', { index }));
    operations.push(operation);
  }
  return success(operations);
}

function readPatch(text: string, { depth }: Limits): Result<readonly unknown[]> {
  try {
    const patch = readJsonExactly(text, depth);
    if (!Array.isArray(patch)) return failure(issue('patch-malformed', { index: 0 }));
    if (patch.length > maximumOperations || countValues(patch, maximumValues) > maximumValues)
      return failure(issue('patch-too-long', { limit: maximumOperations }));
    const forbidden = forbiddenCharacter(patch, 'patch', text);
    return forbidden ? failure(forbidden) : success(patch);
  } catch (error) {
    if (error instanceof ParseError) return failure(...error.issues);
    throw error;
  }
}

function operationOf(it: unknown): Operation | undefined {
  if (typeof it !== 'object' || it === null) return undefined;
  const { op, path: to, from: source, value } = it as Readonly<Record<string, unknown>>;
  const path = pointerOf(to);
  const from = pointerOf(source);
  if (!path) return undefined;
  switch (op) {
    case 'add':
    case 'replace':
    case 'test':
      return Object.hasOwn(it, 'value') ? { op, path, value, parent: it } : undefined;
    case 'remove':
      return { op, path };
    case 'move':
    case 'copy':
      return from ? { op, from, path } : undefined;
    default:
      return undefined;
  }
}

/** https://www.rfc-editor.org/rfc/rfc6901 */
function pointerOf(text: unknown): Pointer | undefined {
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/')) || /~(?![01])/.test(text)) return undefined;
  return text
    .split('/')
    .slice(1)
    .map((it) => it.replaceAll('~1', '/').replaceAll('~0', '~'));
}
