/**
 * One builder for each kind of constraint that an ElementDefinition can put on a value
 * (https://hl7.org/fhir/R4/elementdefinition.html). Each runs when compiling and gives the rule that runs later,
 * or nothing when the element does not ask it, or the base asks the same already.
 */
import type { ElementDefinition } from '@medplum/fhirtypes';
import { isA, typeModel } from '../fhir/model.ts';
import { checkBinding } from './codes.ts';
import { compareToLimit } from './compare.ts';
import { equals, holds, isObject } from './equal.ts';
import { type Invariant, invariantsOf } from './invariants.ts';
import { type Knowledge, treeOfType, typeOfUrl } from './knowledge.ts';
import { profilePlan } from './profile.ts';
import { references } from './references.ts';
import { checkProfile, conforms } from './resource.ts';
import { errorsOf, type PlaceOfRule, type Run, report } from './run.ts';

export type Rule = {
  /** What it asks, for `describe`. */
  readonly says: string;
  readonly check: (value: unknown, run: Run, type: string) => void;
  /** Whether a value surely passes, format and all; false says nothing. */
  readonly surely?: (value: string, run: Run) => boolean;
};

export type Ask = {
  readonly knowledge: Knowledge;
  readonly element: ElementDefinition;
  /** What is checked already: the same element of the type that a profile constrains. */
  readonly base: ElementDefinition | undefined;
  readonly types: readonly string[];
  /** Canonical of the profile; undefined for the types of R4 themselves. */
  readonly profile: string | undefined;
};

export type Build = (ask: Ask) => Rule | readonly Rule[] | undefined;

export const builders: readonly Build[] = [
  fixed,
  pattern,
  binding,
  limits,
  length,
  references,
  typeProfiles,
  invariants,
];

export const rulesOf = (ask: Ask): Rule[] => builders.flatMap((build) => build(ask) ?? []);

export const placeOf = ({ element, profile }: Ask): PlaceOfRule => ({
  element: element.id ?? element.path ?? '',
  ...(profile ? { profile } : {}),
});

const nameOf = ({ element }: Ask): string => element.id ?? element.path ?? '';

/** The value of `fixed[x]`, `pattern[x]` and their like, with its property name. */
export function choiceOf(
  element: ElementDefinition,
  prefix: string,
): { readonly value: unknown; readonly type: string } | undefined {
  for (const [name, value] of Object.entries(element))
    if (name.startsWith(prefix) && /^[A-Z]/.test(name.slice(prefix.length)))
      return { value, type: name.slice(prefix.length) };
  return undefined;
}

const told = (value: unknown): string => (typeof value === 'string' ? `"${value}"` : JSON.stringify(value));

function fixed(ask: Ask): Rule | undefined {
  const found = choiceOf(ask.element, 'fixed');
  if (!found || (ask.base && equals(choiceOf(ask.base, 'fixed')?.value, found.value))) return undefined;
  const details = { element: nameOf(ask), fixed: told(found.value) };
  const place = placeOf(ask);
  return {
    says: `= ${details.fixed}`,
    check: (value, run) => {
      if (!equals(value, found.value)) report(run, 'fixed-value', details, place);
    },
  };
}

function pattern(ask: Ask): Rule | undefined {
  const found = choiceOf(ask.element, 'pattern');
  if (!found || (ask.base && equals(choiceOf(ask.base, 'pattern')?.value, found.value))) return undefined;
  const details = { element: nameOf(ask), pattern: told(found.value) };
  const place = placeOf(ask);
  return {
    says: `holds ${details.pattern}`,
    check: (value, run) => {
      if (!holds(value, found.value)) report(run, 'pattern-value', details, place);
    },
  };
}

const maxValueSet = 'http://hl7.org/fhir/StructureDefinition/elementdefinition-maxValueSet';
const additional = [
  'http://hl7.org/fhir/tools/StructureDefinition/additional-binding',
  'http://hl7.org/fhir/StructureDefinition/additional-binding',
  'http://hl7.org/fhir/5.0/StructureDefinition/extension-ElementDefinition.binding.additional',
];

/** Types whose values are codes; a binding on another type says nothing (https://hl7.org/fhir/R4/terminologies.html#binding). */
const bindable = new Set([
  'code',
  'Coding',
  'CodeableConcept',
  'Quantity',
  'string',
  'uri',
  'Duration',
  'Age',
  'Money',
  'Count',
  'Distance',
]);

function binding(ask: Ask): Rule[] | undefined {
  const asked = bindingsOf(ask.element);
  const known = new Set(
    (ask.base ? bindingsOf(ask.base) : []).map(({ strength, valueSet }) => `${strength} ${valueSet}`),
  );
  if (!ask.types.some((type) => bindable.has(type))) return undefined;
  const place = placeOf(ask);
  return asked
    .filter(({ strength, valueSet }) => !known.has(`${strength} ${valueSet}`))
    .map(({ strength, valueSet }) => {
      const it = { strength, valueSet, place, element: nameOf(ask) };
      return {
        says: `${strength} ${valueSet}`,
        check: (value, run, type) => {
          if (bindable.has(type)) checkBinding(value, run, it);
        },
        surely: (value, run) => run.knowledge.terminology.valueSet(valueSet)?.codes?.has(value) === true,
      };
    });
}

type Asked = { readonly strength: 'required' | 'extensible'; readonly valueSet: string };

/** The binding, its maximum value set, and additional bindings that hold always. */
function bindingsOf({ binding: it }: ElementDefinition): Asked[] {
  if (!it) return [];
  const asked: Asked[] = [];
  if (it.valueSet && (it.strength === 'required' || it.strength === 'extensible'))
    asked.push({ strength: it.strength, valueSet: it.valueSet });
  for (const extension of it.extension ?? []) {
    const largest = extension.valueCanonical ?? extension.valueUri;
    if (extension.url === maxValueSet && largest) asked.push({ strength: 'required', valueSet: largest });
    if (!additional.includes(extension.url ?? '')) continue;
    const part = (name: string) => extension.extension?.find(({ url }) => url === name);
    const [purpose, valueSet] = [part('purpose')?.valueCode, part('valueSet')?.valueCanonical];
    if (!valueSet || part('usage') || part('any')) continue;
    if (purpose === 'required' || purpose === 'maximum') asked.push({ strength: 'required', valueSet });
    else if (purpose === 'extensible') asked.push({ strength: 'extensible', valueSet });
  }
  return asked;
}

function limits(ask: Ask): Rule[] {
  const rules: Rule[] = [];
  for (const side of ['min', 'max'] as const) {
    const found = choiceOf(ask.element, `${side}Value`);
    if (!found || (ask.base && equals(choiceOf(ask.base, `${side}Value`)?.value, found.value))) continue;
    const details = { element: nameOf(ask), limit: told(found.value) };
    const place = placeOf(ask);
    rules.push({
      says: `${side === 'min' ? '>=' : '<='} ${details.limit}`,
      check: (value, run) => {
        const order = compareToLimit(value, found.value);
        if (order === undefined) {
          if (found.type === 'Quantity') report(run, 'units-not-comparable', details, place);
        } else if (side === 'min' ? order < 0 : order > 0)
          report(run, side === 'min' ? 'min-value' : 'max-value', details, place);
      },
    });
  }
  return rules;
}

function length(ask: Ask): Rule | undefined {
  const { maxLength } = ask.element;
  if (maxLength === undefined || ask.base?.maxLength === maxLength) return undefined;
  const details = { element: nameOf(ask), limit: maxLength };
  const place = placeOf(ask);
  return {
    says: `at most ${maxLength} characters`,
    check: (value, run) => {
      if (typeof value === 'string' && value.length > maxLength) report(run, 'too-long', details, place);
    },
  };
}

/** Profiles on the type: of several the value fits one. An extension is held against its definition by its url. */
function typeProfiles(ask: Ask): Rule[] {
  const knownOf = (code: string) => ask.base?.type?.find((it) => it.code === code)?.profile ?? [];
  return (ask.element.type ?? []).flatMap((type) => {
    const [code, asked] = [type.code ?? '', type.profile ?? []];
    if (asked.length === 0 || equals(asked, knownOf(code)) || asked.some((url) => typeOfUrl(url) === code)) return [];
    if (code === 'Extension') return [];
    return [profileRule(ask, code, asked)];
  });
}

function profileRule(ask: Ask, code: string, asked: readonly string[]): Rule {
  const place = placeOf(ask);
  const [only] = asked;
  const isResource = typeModel(code)?.kind === 'resource';
  const applies = (value: unknown, type: string): boolean => {
    if (!isResource) return type === code;
    const own = isObject(value) ? value.resourceType : undefined;
    return typeof own === 'string' && isA(own, code);
  };
  return {
    says: `${code}(${asked.join(' | ')})`,
    check: (value, run, type) => {
      if (!applies(value, type)) return;
      if (asked.length === 1 && only !== undefined) {
        if (profilePlan(run.knowledge, only)) checkProfile(value, run, only);
        else report(run, 'profile-not-loaded', { profile: only }, place);
        return;
      }
      if (asked.some((url) => conforms(run, value, url) !== false)) return;
      report(
        run,
        'profile-no-match',
        { element: nameOf(ask), profiles: asked.join(', '), reasons: reasonsOf(run, value, asked) },
        place,
      );
    },
  };
}

/** Why each of several profiles did not fit: its first error. */
export const reasonsOf = (run: Run, value: unknown, profiles: readonly string[]): string =>
  run.silent > 0
    ? ''
    : profiles
        .map((url) => `${url}: ${errorsOf(run, () => checkProfile(value, run, url))[0]?.message ?? '?'}`)
        .join(' ');

function invariants(ask: Ask): Rule[] {
  const asked = ask.element.constraint ?? [];
  if (asked.length === 0) return [];
  const known = knownKeys(ask);
  return asked.flatMap((constraint) => {
    if (known.has(`${constraint.key}`)) return [];
    const [run, says] = [byType(ask, constraint), `${constraint.key}: ${constraint.expression ?? ''}`];
    return run ? [{ says, check: run }] : [];
  });
}

/** Keys that the base and the type itself check already. */
function knownKeys({ knowledge, base, types }: Ask): Set<string> {
  const keys = new Set((base?.constraint ?? []).map(({ key }) => key ?? ''));
  for (const type of types) {
    const root = typeModel(type)?.kind === 'backbone' ? undefined : treeOfType(knowledge, type)?.element;
    for (const { key } of root?.constraint ?? []) keys.add(key ?? '');
  }
  return keys;
}

/** The focus may be of several types; FHIRPath is compiled for each when it comes. */
function byType(ask: Ask, constraint: NonNullable<ElementDefinition['constraint']>[number]): Rule['check'] | undefined {
  const compiled = new Map<string, Invariant | undefined>();
  const compileFor = (type: string): Invariant | undefined => {
    if (!compiled.has(type))
      compiled.set(type, invariantsOf([constraint], { type, profile: ask.profile, element: nameOf(ask) })[0]);
    return compiled.get(type);
  };
  const first = compileFor(ask.types[0] ?? 'Element');
  if (!first) return undefined;
  return (value, run, type) => (type === ask.types[0] ? first(value, run) : compileFor(type)?.(value, run));
}
