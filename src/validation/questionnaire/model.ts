/** A Questionnaire as its responses are held against it: read once, looked up by linkId. */
import type { Extension, Questionnaire, QuestionnaireItem } from '@medplum/fhirtypes';
import type { Run } from '../plan/plan.ts';
import { isObject } from '../values/object.ts';

export type Item = {
  readonly linkId: string;
  readonly type: string;
  readonly definition: QuestionnaireItem;
  readonly children: readonly Item[];
};

type Form = { readonly questionnaire: Questionnaire; readonly items: readonly Item[] };

const read = new WeakMap<object, Form>();

/** By the canonical of the response, or contained in it; undefined when it is not here. */
export function formOf(run: Run, canonical: string): Form | undefined {
  const found = canonical.startsWith('#')
    ? containedNamed(run, canonical.slice(1))
    : run.context.definitions.find('Questionnaire', canonical);
  if (!isObject(found) || found.resourceType !== 'Questionnaire') return undefined;
  const known = read.get(found);
  if (known) return known;
  const questionnaire = found as unknown as Questionnaire;
  const form = { questionnaire, items: itemsOf(questionnaire.item) };
  read.set(found, form);
  return form;
}

function containedNamed(run: Run, id: string): unknown {
  const all: unknown = (run.frame.resource as { contained?: unknown }).contained;
  return Array.isArray(all) ? all.find((it) => isObject(it) && it.id === id) : undefined;
}

const itemsOf = (items: unknown): Item[] =>
  (Array.isArray(items) ? items : []).filter(isObject).map((it) => {
    const definition = it as unknown as QuestionnaireItem;
    return {
      linkId: String(definition.linkId ?? ''),
      type: String(definition.type ?? ''),
      definition,
      children: itemsOf(definition.item),
    };
  });

const core = 'http://hl7.org/fhir/StructureDefinition/';
const sdc = 'http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-';

/** What an extension of an item says: `minValue`, `questionnaire-minOccurs`, or of SDC `minQuantity`. */
export function told(extensions: readonly Extension[] | undefined, name: string): unknown[] {
  return (extensions ?? [])
    .filter(({ url }) => url === core + name || url === sdc + name)
    .map((it) => Object.entries(it).find(([key]) => key.startsWith('value'))?.[1]);
}
