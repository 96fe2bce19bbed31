/** Extensions: held against their definition, at a place where it allows them (https://hl7.org/fhir/R4/extensibility.html). */
import type { StructureDefinition } from '@medplum/fhirtypes';
import { type Issue, issue, type Severity } from '../fhir/issue.ts';
import { isA, typeModel } from '../fhir/model.ts';
import { isObject } from './equal.ts';
import { ProfileError, structureOf } from './knowledge.ts';
import { type ProfilePlan, profilePlan } from './profile.ts';
import { type Run, report, reportAgain, type Segment } from './run.ts';
import { typePlan } from './type-plan.ts';
import { checkType } from './walk.ts';

export type ExtensionPlan = {
  readonly url: string;
  readonly profile: ProfilePlan;
  readonly contexts: readonly { readonly type: string; readonly expression: string; readonly asked: string }[];
  readonly modifier: boolean;
};

export function checkExtension(value: unknown, run: Run): void {
  checkType(typePlan(run.knowledge, 'Extension'), value, run);
  if (!isObject(value) || typeof value.url !== 'string') return;
  const url = value.url;
  const host = run.way[run.depth - 2];
  const modifier = run.way[run.depth - 1]?.key === 'modifierExtension';
  // A part of a complex extension has a short name; the definition of the whole says what it is.
  if (host?.type === 'Extension' && !url.includes(':')) return;
  const plan = extensionPlan(run, url);
  if (!plan) {
    unknown(run, url, modifier, host?.type === 'Extension');
    return;
  }
  plan.profile.check(value, run);
  if (modifier !== plan.modifier)
    report(run, 'extension-modifier-mismatch', {
      extension: url,
      asked: plan.modifier ? 'modifierExtension' : 'extension',
    });
  if (plan.contexts.length > 0 && !isAllowed(run, plan))
    report(run, 'extension-context', {
      extension: url,
      contexts: plan.contexts.map(({ expression }) => expression).join(', '),
    });
}

/** Remembers only what is loaded: urls come from messages, and there is no end to those. */
function extensionPlan({ knowledge }: Run, url: string): ExtensionPlan | undefined {
  const known = knowledge.extensions.get(url);
  if (known) return known;
  const definition = structureOf(knowledge, url);
  if (definition?.type !== 'Extension' || definition.url !== url) return undefined;
  const plan = planOf(definition, url, profilePlan(knowledge, url));
  knowledge.extensions.set(url, plan);
  return plan;
}

function planOf(definition: StructureDefinition, url: string, profile: ProfilePlan | undefined): ExtensionPlan {
  if (!profile) throw new ProfileError(url, 'Extension', 'it is not loaded');
  return {
    url,
    profile,
    contexts: (definition.context ?? []).map(({ type = 'element', expression = '' }) => ({
      type,
      expression,
      asked: expression.replace(/\[x\]/g, ''),
    })),
    modifier: (definition.snapshot ?? definition.differential)?.element?.[0]?.isModifier === true,
  };
}

const unknownOf = (severity: Severity): Issue => issue('extension-not-loaded', {}, { expression: '', severity });
const unknownFindings = {
  information: unknownOf('information'),
  warning: unknownOf('warning'),
  error: unknownOf('error'),
};

function unknown(run: Run, url: string, modifier: boolean, nested: boolean): void {
  if (modifier) {
    report(run, 'modifier-extension-not-loaded', {});
    return;
  }
  const { unknownExtensions } = run.knowledge.policy;
  if (unknownExtensions === 'ignore' || (nested && unknownExtensions !== 'error')) return;
  // HL7 publishes extensions in its own namespace apart from the releases of FHIR; not to have them is no fault of the sender.
  const severity = url.startsWith('http://hl7.org/fhir/') ? 'information' : unknownExtensions;
  reportAgain(run, unknownFindings[severity]);
}

/** Whether the element that holds the extension is one that a context of it names. */
function isAllowed(run: Run, { contexts }: ExtensionPlan): boolean {
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
