import type { Reference } from '@medplum/fhirtypes';
import { isA, typeModel } from '../../fhir/model.ts';
import type { Elements } from '../../fhir/resource.ts';
import { type Compiled, multiple, oneOf, type Scope, single } from '../compiled.ts';
import { type Call, needed } from '../context.ts';
import { readProperty } from '../element-access.ts';
import { FhirPathEvaluationError, FhirPathSyntaxError } from '../error.ts';
import { htmlChecks } from '../html-checks.ts';
import { stringOf } from '../text.ts';
import { primitiveKind, type TypeName } from '../types.ts';
import { plainValue, rawOf, systemValue, TypedNode, typeOf } from '../value.ts';
import { resourceOf, rootResourceOf } from '../variables.ts';
import type { FunctionTable } from './define.ts';

/** Functions that FHIR R4 adds to FHIRPath (https://hl7.org/fhir/R4/fhirpath.html#functions). */
export const fhir: FunctionTable = {
  extension: { args: [1, 1], build: extension },
  hasValue: { args: [0, 0], build: ({ input }) => hasValue(input) },
  getValue: { args: [0, 0], build: ({ input }) => getValue(input) },
  resolve: { args: [0, 0], build: ({ input }) => resolve(input) },
  memberOf: { args: [1, 1], build: memberOf },
  conformsTo: { args: [1, 1], build: conformsTo },
  checkModifiers: { args: [1, 50], build: checkModifiers },
  htmlChecks: { args: [0, 0], build: ({ input }) => narrative(input) },
  elementDefinition: refused('needs the profile that the element was validated against'),
  slice: refused('needs the slices of a profile'),
  subsumes: { args: [1, 1], build: (call) => subsumes(call, call.input, needed(call, 0)) },
  subsumedBy: { args: [1, 1], build: (call) => subsumes(call, needed(call, 0), call.input) },
};

function refused(reason: string): FunctionTable[string] {
  return {
    args: [0, 10],
    build: ({ name, at }) => {
      throw new FhirPathSyntaxError(`${name}() is not supported: it ${reason}`, at, 'semantic');
    },
  };
}

const readExtensions = readProperty('extension', 'Extension');

/** The extensions of an item with this url; for a primitive those in its `_name`. */
function extension(call: Call): Compiled {
  const url = stringOf(needed(call, 0), 'extension()');
  const { many } = call.input;
  return multiple('Extension', (self, scope) => {
    const requestedUrl = url(self, scope);
    const all: unknown[] = [];
    for (const item of many(self, scope)) {
      const holder = item instanceof TypedNode ? (item.extras ?? item.value) : item;
      if (typeof holder === 'object' && holder !== null) readExtensions(holder as Elements, all);
    }
    return all.filter((it) => (it as { url?: unknown }).url === requestedUrl);
  });
}

const isPrimitive = (item: unknown, type: TypeName | undefined): boolean => {
  const of = typeOf(item, type);
  return of !== undefined && (primitiveKind(of) !== undefined || of.startsWith('System.'));
};

const primitiveValueOf = (item: unknown, type: TypeName | undefined): unknown =>
  item !== undefined && isPrimitive(item, type) ? (rawOf(item) ?? undefined) : undefined;

/** True for one primitive that has a value, not only an id or extensions. */
function hasValue({ one, many, type }: Compiled): Compiled {
  const isKnownPrimitive = primitiveKind(type) !== undefined;
  const has = (item: unknown): boolean =>
    isKnownPrimitive && !(item instanceof TypedNode) ? item !== undefined : primitiveValueOf(item, type) !== undefined;
  if (one) return single('System.Boolean', (self, scope) => has(one(self, scope)));
  return single('System.Boolean', (self, scope) => {
    const items = many(self, scope);
    return items.length === 1 && has(items[0]);
  });
}

function getValue({ many, type }: Compiled): Compiled {
  return single(undefined, (self, scope) => {
    const items = many(self, scope);
    if (items.length !== 1 || primitiveValueOf(items[0], type) === undefined) return undefined;
    return systemValue(items[0], type);
  });
}

/** The target of a Reference, uri or canonical. `#id` is resolved in %rootResource, any other by the environment. */
function resolve({ many }: Compiled): Compiled {
  return multiple(undefined, (self, scope) => {
    const found: unknown[] = [];
    for (const item of many(self, scope)) {
      const raw = rawOf(item) as string | Reference | undefined;
      const reference = typeof raw === 'string' ? raw : raw?.reference;
      const local =
        typeof reference === 'string' && reference.startsWith('#') ? contained(reference.slice(1), scope) : undefined;
      const resource = local ?? (raw === undefined ? undefined : scope.environment.resolve?.(raw));
      if (resource !== undefined) found.push(resource);
    }
    return found;
  });
}

function contained(id: string, scope: Scope): unknown {
  const root = rootResourceOf(scope) ?? resourceOf(scope);
  if (id === '') return root;
  const all = (root as { contained?: unknown } | undefined)?.contained;
  return Array.isArray(all) ? all.find((it: { id?: unknown } | null) => it?.id === id) : undefined;
}

/** Delegates to the environment; empty when it cannot decide. */
function memberOf(call: Call): Compiled {
  const one = oneOf(call.input, 'memberOf()');
  const set = needed(call, 0);
  const valueSet = stringOf(set, 'memberOf()');
  const [fixed] = set.constant ?? [];
  const problem = call.context.valueSetProblem?.(typeof fixed === 'string' ? fixed : undefined);
  if (problem !== undefined) throw new FhirPathSyntaxError(problem, call.args[0]?.at ?? call.at, 'semantic');
  return single('System.Boolean', (self, scope) => {
    const item = one(self, scope);
    const url = item === undefined ? undefined : valueSet(self, scope);
    return url === undefined ? undefined : scope.environment.memberOf?.(plainValue(item), url);
  });
}

/** Delegates to the environment, which lenient expressions may expect to decide it. */
function subsumes({ name, at, context }: Call, general: Compiled, specific: Compiled): Compiled {
  if (!context.lenient)
    throw new FhirPathSyntaxError(`${name}() is not supported: it needs a terminology server`, at, 'semantic');
  const [above, below] = [oneOf(general, `${name}()`), oneOf(specific, `${name}()`)];
  return single('System.Boolean', (self, scope) => {
    const [one, other] = [above(self, scope), below(self, scope)];
    if (one === undefined || other === undefined) return undefined;
    const answer = scope.environment.subsumes?.(plainValue(one), plainValue(other));
    if (answer === undefined) throw new FhirPathEvaluationError(`${name}() cannot be decided`);
    return answer;
  });
}

const baseProfile = 'http://hl7.org/fhir/StructureDefinition/';

/**
 * Delegates to the environment. Without a validator (no `conformsTo`) it still distinguishes the types that FHIR itself
 * defines; an unknown profile is an error.
 */
function conformsTo(call: Call): Compiled {
  const one = oneOf(call.input, 'conformsTo()');
  const profile = stringOf(needed(call, 0), 'conformsTo()');
  return single('System.Boolean', (self, scope) => {
    const item = one(self, scope);
    const url = item === undefined ? undefined : profile(self, scope);
    if (url === undefined) return undefined;
    const decide = scope.environment.conformsTo;
    const conforms = decide ? decide(plainValue(item), url) : byType(typeOf(item, call.input.type), url);
    if (conforms === undefined) throw new FhirPathEvaluationError('the profile of conformsTo() is unknown');
    return conforms;
  });
}

function byType(type: TypeName | undefined, profile: string): boolean | undefined {
  if (!profile.startsWith(baseProfile) || !typeModel(profile.slice(baseProfile.length))) return undefined;
  return type !== undefined && isA(type, profile.slice(baseProfile.length));
}

/** Returns its input, unless that has a modifier extension that is not listed. */
function checkModifiers(call: Call): Compiled {
  const allowed = call.args.map((_, at) => stringOf(needed(call, at), 'checkModifiers()'));
  const { input } = call;
  return multiple(
    input.type,
    (self, scope) => {
      const items = input.many(self, scope);
      const urls = new Set(allowed.map((url) => url(self, scope)));
      for (const item of items) {
        const modifiers = (rawOf(item) as { modifierExtension?: unknown } | undefined)?.modifierExtension;
        const unknown = Array.isArray(modifiers) && modifiers.some((it: { url?: string }) => !urls.has(it?.url));
        if (unknown)
          throw new FhirPathEvaluationError('there is a modifier extension that checkModifiers() does not name');
      }
      return items;
    },
    { possible: input.possible },
  );
}

function narrative(input: Compiled): Compiled {
  const text = stringOf(input, 'htmlChecks()');
  return single('System.Boolean', (self, scope) => {
    const it = text(self, scope);
    return it === undefined ? undefined : htmlChecks(it);
  });
}
