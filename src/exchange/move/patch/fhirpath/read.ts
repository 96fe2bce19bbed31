import type { Parameters, ParametersParameter } from '@medplum/fhirtypes';
import { issue } from '../../../../fhir/issue.ts';
import { failure, type Result, success } from '../../../../fhir/result.ts';
import { FhirPathSyntaxError } from '../../../../fhirpath/index.ts';
import { parse } from '../../../../fhirpath/parser.ts';
import type { Syntax } from '../../../../fhirpath/syntax.ts';

/** One operation of a FHIRPath Patch (https://hl7.org/fhir/R4/fhirpatch.html). */
export type PathOperation = { readonly path: Syntax } & (
  | { readonly type: 'add'; readonly name: string; readonly value: ParametersParameter }
  | { readonly type: 'insert'; readonly value: ParametersParameter; readonly index: number }
  | { readonly type: 'delete' }
  | { readonly type: 'replace'; readonly value: ParametersParameter }
  | { readonly type: 'move'; readonly source: number; readonly destination: number }
);

/** Required parts of each type of operation, besides `type` itself. */
const partsOf: Readonly<Record<PathOperation['type'], readonly Part[]>> = {
  add: ['path', 'name', 'value'],
  insert: ['path', 'value', 'index'],
  delete: ['path'],
  replace: ['path', 'value'],
  move: ['path', 'source', 'destination'],
};
type Part = 'path' | 'name' | 'value' | 'index' | 'source' | 'destination';

/** Upper bound; no change of a Task needs more. */
const maximumOperations = 100;
/** Upper bound in characters, because parsing and evaluation recurse. */
const maximumPath = 500;

/**
 * Operations of a FHIRPath Patch. Issues: `patch-too-long`, `fhirpath-patch-malformed`, `fhirpath-patch-path-invalid`.
 */
export function readPathPatch({ parameter = [] }: Parameters): Result<readonly PathOperation[]> {
  if (parameter.length > maximumOperations) return failure(issue('patch-too-long', { limit: maximumOperations }));
  const operations: PathOperation[] = [];
  for (const [index, it] of parameter.entries()) {
    const read = readOperation(it, index);
    if (!read.ok) return read;
    operations.push(read.value);
  }
  return success(operations);
}

function readOperation({ name, part = [] }: ParametersParameter, index: number): Result<PathOperation> {
  const expression = `Parameters.parameter[${index}]`;
  const malformed = (which: string) =>
    failure(issue('fhirpath-patch-malformed', { index, part: which }, { expression }));
  if (name !== 'operation') return malformed('operation');
  const parts = new Map(part.map((it) => [it.name, it]));
  const type = parts.get('type')?.valueCode;
  if (type === undefined || !isOperation(type)) return malformed('type');
  const missing = partsOf[type].find((it) => !isValidPart(it, parts.get(it)));
  if (missing) return malformed(missing);
  if (parts.size !== part.length || parts.size !== partsOf[type].length + 1) return malformed('part');
  const path = pathOf(parts.get('path')?.valueString ?? '');
  if (!path) return failure(issue('fhirpath-patch-path-invalid', { index }, { expression }));
  return success({
    type,
    path,
    name: parts.get('name')?.valueString,
    value: parts.get('value'),
    index: parts.get('index')?.valueInteger,
    source: parts.get('source')?.valueInteger,
    destination: parts.get('destination')?.valueInteger,
  } as PathOperation);
}

const isOperation = (type: string): type is PathOperation['type'] => Object.hasOwn(partsOf, type);

function isValidPart(name: Part, part: ParametersParameter | undefined): boolean {
  switch (name) {
    case 'path':
    case 'name':
      return typeof part?.valueString === 'string';
    case 'value':
      return part !== undefined && Object.keys(part).some((key) => key === 'part' || /^_?value[A-Z]/.test(key));
    default: {
      const at = part?.valueInteger;
      return at !== undefined && Number.isInteger(at) && at >= 0;
    }
  }
}

function pathOf(text: string): Syntax | undefined {
  if (text.length > maximumPath) return undefined;
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof FhirPathSyntaxError) return undefined;
    throw error;
  }
}
