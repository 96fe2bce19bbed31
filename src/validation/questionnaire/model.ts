/** A Questionnaire prepared for checking its responses. */
import type { Extension, Questionnaire, QuestionnaireItem } from '@medplum/fhirtypes';
import type { Membership } from '../../definitions/value-sets.ts';
import { decimalText } from '../../fhir/decimal.ts';
import { isType, type Resource } from '../../fhir/resource.ts';
import type { Run } from '../plan/plan.ts';
import { maxDepth } from '../run/position.ts';
import { isObject } from '../values/object.ts';

export type Item = {
  readonly linkId: string;
  readonly type: string;
  readonly definition: QuestionnaireItem;
  readonly children: readonly Item[];
  readonly questionnaire: Questionnaire;
};

type LoadedQuestionnaire = { readonly questionnaire: Questionnaire; readonly items: readonly Item[] };

const cache = new WeakMap<object, LoadedQuestionnaire>();

/** By the canonical of the response, or contained in it; undefined when it is not loaded. */
export function loadedQuestionnaire(run: Run, canonical: string): LoadedQuestionnaire | undefined {
  const found = canonical.startsWith('#')
    ? containedWithId(run, canonical.slice(1))
    : run.context.definitions.find('Questionnaire', canonical);
  if (!isObject(found) || found.resourceType !== 'Questionnaire') return undefined;
  const cached = cache.get(found);
  if (cached) return cached;
  const questionnaire = found as unknown as Questionnaire;
  const form = { questionnaire, items: itemsOf(questionnaire, questionnaire.item) };
  cache.set(found, form);
  return form;
}

function containedWithId(run: Run, id: string): unknown {
  const all: unknown = (run.frame.resource as { contained?: unknown }).contained;
  return Array.isArray(all) ? all.find((it) => isObject(it) && it.id === id) : undefined;
}

/** Deeper items are left out: a response is refused before it has as many levels. */
const itemsOf = (questionnaire: Questionnaire, items: unknown, depth = 0): Item[] =>
  (Array.isArray(items) && depth < maxDepth ? items : []).filter(isObject).map((it) => {
    const definition = it as unknown as QuestionnaireItem;
    return {
      linkId: String(definition.linkId ?? ''),
      type: String(definition.type ?? ''),
      definition,
      children: itemsOf(questionnaire, definition.item, depth + 1),
      questionnaire,
    };
  });

const core = 'http://hl7.org/fhir/StructureDefinition/';
const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';

/** The values of an extension of an item, by name: `minValue`, `questionnaire-minOccurs`, or of SDC `minQuantity`. */
export const extensionValues = (extensions: readonly Extension[] | undefined, name: string): unknown[] =>
  writtenValues(extensions, name).map(({ value }) => value);

/** The same, and of a number its digits as written. */
export const writtenValues = (extensions: readonly Extension[] | undefined, name: string): WrittenValue[] =>
  (extensions ?? []).filter(({ url }) => url === core + name || url === sdc + name).map((it) => valueAt(it, /^value/));

export type WrittenValue = { readonly value: unknown; readonly written: string | undefined };

/** The value[x] or answer[x] of an object, of whatever type. */
export function valueAt(holder: object, name: RegExp): WrittenValue {
  const [key, value] = Object.entries(holder).find(([it]) => name.test(it)) ?? [''];
  return { value, written: decimalText(holder, key) };
}

/** A value set by its canonical, or contained in the Questionnaire (`#id`); undefined when it is not loaded. */
export function valueSetOf(run: Run, { questionnaire }: Item, url: string): Membership | undefined {
  const { terminology } = run.context;
  if (!url.startsWith('#')) return terminology.valueSet(url);
  const all: unknown = questionnaire.contained;
  const found = (Array.isArray(all) ? all : []).find((it) => isObject(it) && it.id === url.slice(1)) as
    | Resource
    | undefined;
  return found && isType(found, 'ValueSet') ? terminology.containedSet(found) : undefined;
}
