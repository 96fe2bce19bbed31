import { type Compiled, constant, type Many, multiple, type One, type Scope, single } from './compiled.ts';
import type { Context } from './context.ts';
import { FhirPathEvaluationError, FhirPathSyntaxError, type Position } from './error.ts';
import { isPolymorphic, isType } from './types.ts';
import { rawOf, resourceTypeOf } from './value.ts';

/** The URLs that FHIR defines as variables (https://hl7.org/fhir/R4/fhirpath.html#vars). */
const urls: Readonly<Record<string, string>> = {
  sct: 'http://snomed.info/sct',
  loinc: 'http://loinc.org',
  ucum: 'http://unitsofmeasure.org',
};

/** Without %resource in the environment, the focus is its own resource. */
export function resourceOf({ environment, focus }: Scope): unknown {
  if (environment.resource !== undefined) return rawOf(environment.resource);
  const raw = rawOf(focus);
  return resourceTypeOf(raw) === undefined ? undefined : raw;
}
export const rootResourceOf = (scope: Scope): unknown => rawOf(scope.environment.rootResource) ?? resourceOf(scope);

const standard: Readonly<Record<string, One>> = {
  resource: (_self, scope) => resourceOf(scope),
  rootResource: (_self, scope) => rootResourceOf(scope),
  context: (_self, { environment, focus }) => environment.context ?? focus,
};

export const isStandardVariable = (name: string): boolean => Object.hasOwn(standard, name) || Object.hasOwn(urls, name);

/** `%name`. Throws FhirPathSyntaxError for a name outside the permitted names; without such a list evaluation throws. */
export function variable(name: string, context: Context, at: Position): Compiled {
  if (Object.hasOwn(urls, name)) return constant('System.String', [urls[name]]);
  const prefixed = /^(vs|ext)-(.+)$/.exec(name);
  if (prefixed) {
    const kind = prefixed[1] === 'vs' ? 'ValueSet' : 'StructureDefinition';
    return constant('System.String', [`http://hl7.org/fhir/${kind}/${prefixed[2]}`]);
  }
  if (Object.hasOwn(standard, name)) return single(undefined, standard[name] as One);
  if (context.defined.has(name)) return multiple(undefined, (_self, { defined }) => defined[name] ?? []);
  if (context.variables && !Object.hasOwn(context.variables, name))
    throw new FhirPathSyntaxError(`there is no variable %${name}`, at, 'semantic');
  const stated = context.variables?.[name];
  const [declared, possible] = typeof stated === 'object' ? [undefined, stated] : [stated, undefined];
  const foreign = declared !== undefined && !isType(declared) && context.model?.(declared) !== undefined;
  const type = declared === undefined || foreign || isPolymorphic(declared) ? undefined : declared;
  const read: Many = (_self, { environment }) => {
    const all = environment.variables;
    if (!all || !Object.hasOwn(all, name))
      throw new FhirPathEvaluationError(`the environment has no variable %${name}`);
    const value = all[name];
    if (Array.isArray(value)) return value;
    return value === undefined || value === null ? [] : [value];
  };
  if (possible) return multiple(undefined, read, { possible, atMostOne: true });
  return multiple(type, read, foreign ? { possible: [declared] } : {});
}
