import { isA, typeModel } from '../../fhir/model.ts';
import type { ExtensionPlan, Run } from '../plan/plan.ts';
import type { Segment } from '../plan/segment.ts';
import { isObject } from '../values/object.ts';
import { elementAbove } from './current-value.ts';

/**
 * Whether the element that contains the extension is one of its contexts
 * (https://hl7.org/fhir/R4/defining-extensions.html#context).
 */
export function isAllowedHere(run: Run, { contexts, anywhereIn }: ExtensionPlan): boolean {
  if (anywhereIn.includes(run.frame.resource.resourceType)) return true;
  const depth = run.depth - 1;
  const host = depth > run.frame.depth ? run.segments[depth - 1] : undefined;
  for (const context of contexts) if (matchesContext(run, host, context)) return true;
  if (!host) return false;
  const names = contextNames(run, depth);
  return contexts.some(({ elementPath }) => names.has(elementPath));
}

function matchesContext(
  run: Run,
  host: Segment | undefined,
  { type, expression, elementPath }: ExtensionPlan['contexts'][number],
): boolean {
  // FHIRPath contexts are not evaluated.
  if (type === 'fhirpath') return true;
  if (type === 'extension') return expression === '' || (host?.type === 'Extension' && isNamed(run, expression));
  // The element of a profile; whether the resource conforms to that profile is not decided here.
  if (expression.includes('#') || expression.includes('://')) return true;
  if (!host) {
    const own = run.frame.resource.resourceType;
    // Element means anywhere: HL7 uses extensions with this context on resources too.
    return elementPath === 'Element' || isA(own, elementPath) || isInterfaceOf(elementPath, own);
  }
  if (elementPath === host.path || elementPath === host.type || elementPath === 'Element') return true;
  return typeModel(host.type) !== undefined && isA(host.type, elementPath);
}

/** Whether the extension around this one is the one that a context names. A part of one has a name of its own, within it. */
function isNamed(run: Run, expression: string): boolean {
  const focus = elementAbove(run, 1)?.focus;
  const url = isObject(focus) ? focus.url : undefined;
  return typeof url !== 'string' || !url.includes(':') || expression.split(/[|#]/)[0] === url;
}

/** The interface names of R5 (`CanonicalResource`), which newer extensions use as context. */
const isInterfaceOf = (name: string, type: string): boolean =>
  (name === 'CanonicalResource' || name === 'MetadataResource') && typeModel(type)?.elements.has('url') === true;

/** All names of the element as a context can write them: `Patient.contact.name.family`, `HumanName.family`. */
function contextNames(run: Run, depth: number): ReadonlySet<string> {
  const names = new Set<string>();
  let rest = '';
  for (let i = depth - 1; i >= run.frame.depth; i--) {
    const segment = run.segments[i]!;
    const path = segment.path.replace(/\[x\]/g, '');
    names.add(path + rest);
    const owner = path.slice(0, path.indexOf('.'));
    for (let it = typeModel(owner)?.base; it; it = typeModel(it)?.base)
      names.add(it + path.slice(path.indexOf('.')) + rest);
    const isLast = i === depth - 1;
    if (isLast && segment.key !== path.slice(path.lastIndexOf('.') + 1))
      names.add(path.replace(/[^.]*$/, segment.key.replace('_', '')));
    rest = `.${path.slice(path.lastIndexOf('.') + 1)}${rest}`;
  }
  return names;
}
