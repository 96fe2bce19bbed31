import { isA, typeModel } from '../../fhir/model.ts';
import type { ExtensionPlan, Run } from '../plan/plan.ts';
import type { Segment } from '../plan/segment.ts';

/** Whether the element that holds the extension is one that a context of it names. */
export function isAllowed(run: Run, { contexts }: ExtensionPlan): boolean {
  const depth = run.depth - 1;
  const host = depth > run.frame.depth ? run.way[depth - 1] : undefined;
  for (const context of contexts) if (isAt(run, host, context)) return true;
  if (!host) return false;
  const places = placesOf(run, depth);
  return contexts.some(({ asked }) => places.has(asked));
}

function isAt(
  run: Run,
  host: Segment | undefined,
  { type, expression, asked }: ExtensionPlan['contexts'][number],
): boolean {
  // A FHIRPath context is answered by whoever defines it; an extension as context is a url.
  if (type === 'fhirpath') return true;
  if (type === 'extension') return host?.type === 'Extension' || expression === '';
  // A profile with an element after it; which profile the resource has is not decided here.
  if (expression.includes('#') || expression.includes('://')) return true;
  if (!host) {
    const own = run.frame.resource.resourceType;
    // R4 says Element for anywhere, and HL7 itself puts such extensions on resources.
    return asked === 'Element' || isA(own, asked) || isInterface(asked, own);
  }
  if (asked === host.path || asked === host.type || asked === 'Element') return true;
  return typeModel(host.type) !== undefined && isA(host.type, asked);
}

/** The resources that have a canonical url, by the name that later releases give them. */
const isInterface = (name: string, type: string): boolean =>
  (name === 'CanonicalResource' || name === 'MetadataResource') && typeModel(type)?.elements.has('url') === true;

/** All names of the place: `Patient.contact.name.family`, `HumanName.family`. */
function placesOf(run: Run, depth: number): ReadonlySet<string> {
  const places = new Set<string>();
  let rest = '';
  for (let i = depth - 1; i >= run.frame.depth; i--) {
    const segment = run.way[i]!;
    const path = segment.path.replace(/\[x\]/g, '');
    places.add(path + rest);
    const owner = path.slice(0, path.indexOf('.'));
    for (let it = typeModel(owner)?.base; it; it = typeModel(it)?.base)
      places.add(it + path.slice(path.indexOf('.')) + rest);
    const isLast = i === depth - 1;
    if (isLast && segment.key !== path.slice(path.lastIndexOf('.') + 1))
      places.add(path.replace(/[^.]*$/, segment.key.replace('_', '')));
    rest = `.${path.slice(path.lastIndexOf('.') + 1)}${rest}`;
  }
  return places;
}
