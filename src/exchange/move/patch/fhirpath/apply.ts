import { clone } from '../../../../fhir/clone.ts';
import { type Issue, issue } from '../../../../fhir/issue.ts';
import { failure, type Result, success } from '../../../../fhir/result.ts';
import type { Syntax } from '../../../../fhirpath/syntax.ts';
import {
  elementOf,
  itemsOf,
  type JsonObject,
  type List,
  objectOf,
  type Place,
  rootPlace,
  writeItems,
} from './place.ts';
import type { PathOperation } from './read.ts';
import { select } from './select.ts';
import { append, valueFor } from './value.ts';

/**
 * Applies a FHIRPath Patch (https://hl7.org/fhir/R4/fhirpatch.html), all operations in their order or none; `resource`
 * itself does not change. Issues `fhirpath-patch-*` name the operation that failed.
 */
export function applyPathPatch<T extends object>(resource: T, operations: readonly PathOperation[]): Result<T> {
  const patched = clone(resource);
  for (const [index, operation] of operations.entries()) {
    const refused = apply(rootPlace(patched as JsonObject), operation, {
      index,
      expression: `Parameters.parameter[${index}]`,
    });
    if (refused) return failure(refused);
  }
  return success(patched);
}

type OperationPlace = { readonly index: number; readonly expression: string };

/** No element of a Task is this deep. Protects recursion from a stack overflow. */
const maximumDepth = 16;

function apply(root: Place, operation: PathOperation, at: OperationPlace): Issue | undefined {
  switch (operation.type) {
    case 'add':
      return add(root, operation, at);
    case 'insert':
    case 'move':
      return within(root, operation, at);
    case 'delete':
    case 'replace':
      return change(root, operation, at);
  }
}

function add(
  root: Place,
  { path, name, value }: PathOperation & { type: 'add' },
  at: OperationPlace,
): Issue | undefined {
  const found = one(path, root, at);
  if (!found.ok) return found.issues[0];
  const place = found.value;
  const element = elementOf(place.type, name);
  const parent = element && objectOf(place);
  if (!element || !parent) return patchIssue('fhirpath-patch-element-unknown', at, { type: place.type });
  const typedItem = valueFor(value, element);
  if (!typedItem) return patchIssue('fhirpath-patch-value-invalid', at, { types: typesText(element.types) });
  return append(place, parent, element, typedItem)
    ? undefined
    : patchIssue('fhirpath-patch-element-exists', at, { element: element.name });
}

function change(
  root: Place,
  operation: PathOperation & { type: 'delete' | 'replace' },
  at: OperationPlace,
): Issue | undefined {
  const found = select(operation.path, root);
  // R4: deleting an absent element is not an error.
  if (found?.length === 0 && operation.type === 'delete') return undefined;
  const single = one(operation.path, root, at);
  if (!single.ok) return single.issues[0];
  const { list, index } = single.value;
  if (!list) return patchIssue('fhirpath-patch-path-invalid', at, {});
  const items = itemsOf(list);
  if (operation.type === 'delete') {
    writeItems(list, items.toSpliced(index, 1));
    return undefined;
  }
  const typedItem = valueFor(operation.value, list.element);
  if (!typedItem) return patchIssue('fhirpath-patch-value-invalid', at, { types: typesText(list.element.types) });
  if (typedItem.type === list.type) writeItems(list, items.with(index, typedItem.item));
  else {
    writeItems(list, []);
    writeItems({ ...list, type: typedItem.type }, [typedItem.item]);
  }
  return undefined;
}

function within(
  root: Place,
  operation: PathOperation & { type: 'insert' | 'move' },
  at: OperationPlace,
): Issue | undefined {
  const found = listAt(operation.path, root, at);
  if (!found.ok) return found.issues[0];
  const list = found.value;
  const items = itemsOf(list);
  const last = operation.type === 'insert' ? items.length : items.length - 1;
  const indexes = operation.type === 'insert' ? [operation.index] : [operation.source, operation.destination];
  if (indexes.some((it) => it > last))
    return patchIssue('fhirpath-patch-index-out-of-range', at, { count: items.length });
  if (operation.type === 'move') {
    const moved = items[operation.source]!;
    writeItems(list, items.toSpliced(operation.source, 1).toSpliced(operation.destination, 0, moved));
    return undefined;
  }
  const typedItem = valueFor(operation.value, list.element);
  if (!typedItem) return patchIssue('fhirpath-patch-value-invalid', at, { types: typesText(list.element.types) });
  writeItems(list, items.toSpliced(operation.index, 0, typedItem.item));
  return undefined;
}

/** The complete list named by the last step of a path: an index counts from its start. */
function listAt(path: Syntax, root: Place, at: OperationPlace): Result<List> {
  if (path.kind !== 'member') return failure(patchIssue('fhirpath-patch-path-invalid', at, {}));
  const container = path.on ? one(path.on, root, at) : success(root);
  if (!container.ok) return container;
  const element = elementOf(container.value.type, path.name);
  const parent = element?.array ? objectOf(container.value) : undefined;
  if (!element || !parent) return failure(patchIssue('fhirpath-patch-path-invalid', at, {}));
  return success({ parent, within: container.value, element, type: element.types[0]! });
}

function one(path: Syntax, root: Place, at: OperationPlace): Result<Place> {
  const found = select(path, root);
  const [place] = found ?? [];
  if (!found || (place && place.depth > maximumDepth))
    return failure(patchIssue('fhirpath-patch-path-invalid', at, {}));
  if (!place || found.length > 1)
    return failure(patchIssue('fhirpath-patch-path-not-single', at, { count: found.length }));
  return success(place);
}

/** `value[x]` for an element of many types: a long list would not help the sender. */
const typesText = (types: readonly string[]): string => (types.length > 6 ? 'value[x]' : types.join(', '));

type Rule =
  | 'fhirpath-patch-path-invalid'
  | 'fhirpath-patch-path-not-single'
  | 'fhirpath-patch-element-unknown'
  | 'fhirpath-patch-value-invalid'
  | 'fhirpath-patch-element-exists'
  | 'fhirpath-patch-index-out-of-range';

const patchIssue = <R extends Rule>(
  rule: R,
  { index, expression }: OperationPlace,
  details: Omit<Parameters<typeof issue<R>>[1], 'index'>,
) => issue(rule, { ...details, index } as Parameters<typeof issue<R>>[1], { expression });
