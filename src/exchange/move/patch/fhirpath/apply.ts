import { clone } from '../../../../fhir/clone.ts';
import { type Issue, issue } from '../../../../fhir/issue.ts';
import { failure, type Result, success } from '../../../../fhir/result.ts';
import type { Syntax } from '../../../../fhirpath/syntax.ts';
import { elementOf, type Holder, holderOf, itemsOf, type List, type Place, rootPlace, writeItems } from './place.ts';
import type { PathOperation } from './read.ts';
import { select } from './select.ts';
import { append, valueFor } from './value.ts';

/**
 * The resource as a FHIRPath Patch makes it (https://hl7.org/fhir/R4/fhirpatch.html), all of its operations in their
 * order or none; `resource` itself stays as it was. Issues `fhirpath-patch-*` tell which operation does not fit.
 */
export function applyPathPatch<T extends object>(resource: T, operations: readonly PathOperation[]): Result<T> {
  const made = clone(resource);
  for (const [index, operation] of operations.entries()) {
    const refused = apply(rootPlace(made as Holder), operation, {
      index,
      expression: `Parameters.parameter[${index}]`,
    });
    if (refused) return failure(refused);
  }
  return success(made);
}

type At = { readonly index: number; readonly expression: string };

/** No element of a Task lies this deep; it keeps recursive walks far from the end of the stack. */
const maximumDepth = 16;

function apply(root: Place, operation: PathOperation, at: At): Issue | undefined {
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

function add(root: Place, { path, name, value }: PathOperation & { type: 'add' }, at: At): Issue | undefined {
  const found = one(path, root, at);
  if (!found.ok) return found.issues[0];
  const place = found.value;
  const element = elementOf(place.type, name);
  const holder = element && holderOf(place);
  if (!element || !holder) return told('fhirpath-patch-element-unknown', at, { type: place.type });
  const given = valueFor(value, element);
  if (!given) return told('fhirpath-patch-value-invalid', at, { types: takes(element.types) });
  return append(place, holder, element, given)
    ? undefined
    : told('fhirpath-patch-element-exists', at, { element: element.name });
}

function change(root: Place, operation: PathOperation & { type: 'delete' | 'replace' }, at: At): Issue | undefined {
  const found = select(operation.path, root);
  // Of what is to go, it is enough that it isn't there.
  if (found?.length === 0 && operation.type === 'delete') return undefined;
  const single = one(operation.path, root, at);
  if (!single.ok) return single.issues[0];
  const { list, index } = single.value;
  if (!list) return told('fhirpath-patch-path-invalid', at, {});
  const items = itemsOf(list);
  if (operation.type === 'delete') {
    writeItems(list, items.toSpliced(index, 1));
    return undefined;
  }
  const given = valueFor(operation.value, list.element);
  if (!given) return told('fhirpath-patch-value-invalid', at, { types: takes(list.element.types) });
  if (given.type === list.type) writeItems(list, items.with(index, given.item));
  else {
    writeItems(list, []);
    writeItems({ ...list, type: given.type }, [given.item]);
  }
  return undefined;
}

function within(root: Place, operation: PathOperation & { type: 'insert' | 'move' }, at: At): Issue | undefined {
  const found = listAt(operation.path, root, at);
  if (!found.ok) return found.issues[0];
  const list = found.value;
  const items = itemsOf(list);
  const last = operation.type === 'insert' ? items.length : items.length - 1;
  const indexes = operation.type === 'insert' ? [operation.index] : [operation.source, operation.destination];
  if (indexes.some((it) => it > last)) return told('fhirpath-patch-index-out-of-range', at, { count: items.length });
  if (operation.type === 'move') {
    const moved = items[operation.source]!;
    writeItems(list, items.toSpliced(operation.source, 1).toSpliced(operation.destination, 0, moved));
    return undefined;
  }
  const given = valueFor(operation.value, list.element);
  if (!given) return told('fhirpath-patch-value-invalid', at, { types: takes(list.element.types) });
  writeItems(list, items.toSpliced(operation.index, 0, given.item));
  return undefined;
}

/** The list that a path names by its last step: whole, because an index counts in the whole of it. */
function listAt(path: Syntax, root: Place, at: At): Result<List> {
  if (path.kind !== 'member') return failure(told('fhirpath-patch-path-invalid', at, {}));
  const holding = path.on ? one(path.on, root, at) : success(root);
  if (!holding.ok) return holding;
  const element = elementOf(holding.value.type, path.name);
  const holder = element?.array ? holderOf(holding.value) : undefined;
  if (!element || !holder) return failure(told('fhirpath-patch-path-invalid', at, {}));
  return success({ holder, within: holding.value, element, type: element.types[0]! });
}

function one(path: Syntax, root: Place, at: At): Result<Place> {
  const found = select(path, root);
  const [place] = found ?? [];
  if (!found || (place && place.depth > maximumDepth)) return failure(told('fhirpath-patch-path-invalid', at, {}));
  if (!place || found.length > 1) return failure(told('fhirpath-patch-path-not-single', at, { count: found.length }));
  return success(place);
}

/** Of an element that takes any type, some would be told and the others not. */
const takes = (types: readonly string[]): string => (types.length > 6 ? 'value[x]' : types.join(', '));

type Rule =
  | 'fhirpath-patch-path-invalid'
  | 'fhirpath-patch-path-not-single'
  | 'fhirpath-patch-element-unknown'
  | 'fhirpath-patch-value-invalid'
  | 'fhirpath-patch-element-exists'
  | 'fhirpath-patch-index-out-of-range';

const told = <R extends Rule>(
  rule: R,
  { index, expression }: At,
  details: Omit<Parameters<typeof issue<R>>[1], 'index'>,
) => issue(rule, { ...details, index } as Parameters<typeof issue<R>>[1], { expression });
