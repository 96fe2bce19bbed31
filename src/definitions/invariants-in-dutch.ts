import type { ElementDefinitionConstraint, StructureDefinition } from '@medplum/fhirtypes';
import { isType } from '../fhir/resource.ts';

/** Dutch texts of the invariants of this package, by key. */
export type DutchTexts = Readonly<Record<string, string>>;

/**
 * Adds the Dutch text of each invariant of this package as a translation of the English text of FSH
 * (https://hl7.org/fhir/R4/extension-translation.html). Throws for an invariant without one: findings are bilingual.
 */
export function withDutchInvariants<T extends { readonly resourceType: string }>(resource: T, texts: DutchTexts): T {
  if (!isType(resource, 'StructureDefinition')) return resource;
  const { differential, snapshot } = resource as unknown as StructureDefinition;
  return {
    ...resource,
    ...(snapshot ? { snapshot: { ...snapshot, element: snapshot.element.map((it) => withDutch(it, texts)) } } : {}),
    ...(differential
      ? { differential: { ...differential, element: differential.element.map((it) => withDutch(it, texts)) } }
      : {}),
  };
}

type Constrained = { readonly constraint?: readonly ElementDefinitionConstraint[] };

const withDutch = <E extends Constrained>(element: E, texts: DutchTexts): E =>
  element.constraint ? { ...element, constraint: element.constraint.map((it) => translated(it, texts)) } : element;

function translated(constraint: ElementDefinitionConstraint, texts: DutchTexts): ElementDefinitionConstraint {
  const { key = '', severity, requirements, human, ...rest } = constraint;
  if (!key.startsWith('mgn-')) return constraint;
  const text = texts[key];
  if (!text) throw new Error(`profiles/input/invariants.nl.yaml has no text for ${key}`);
  const _human = { extension: [{ url: translationUrl, extension: [lang, { url: 'content', valueString: text }] }] };
  return {
    key,
    ...(requirements ? { requirements } : {}),
    ...(severity ? { severity } : {}),
    ...(human ? { human } : {}),
    _human,
    ...rest,
  } as ElementDefinitionConstraint;
}

const translationUrl = 'http://hl7.org/fhir/StructureDefinition/translation';
const lang = { url: 'lang', valueCode: 'nl' };

/** The Dutch text of an invariant; undefined for invariants of other publishers. */
export const dutchOf = (constraint: ElementDefinitionConstraint): string | undefined =>
  (constraint as { readonly _human?: Translated })._human?.extension
    ?.find(({ url }) => url === translationUrl)
    ?.extension?.find(({ url }) => url === 'content')?.valueString;

type Translated = {
  readonly extension?: readonly {
    readonly url: string;
    readonly extension?: readonly { readonly url: string; readonly valueString?: string }[];
  }[];
};
