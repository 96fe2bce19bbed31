import { canonicalJson } from '../fhir/canonical-json.ts';
import type { Elements, Resource } from '../fhir/resource.ts';

/**
 * Consents (toestemmingen) of one person that state the same, which differ in their identifiers, their time and their narrative:
 * a decision needs one of them, however many were recorded. Their index entries are `id/Type hash time`, so that one seek
 * leads from a statement to the next one, and the first of a statement is the earliest.
 */

/** Length of the keyed hash of a statement. */
export const hashLength = 43;

/** The entry of a resource that states something of the stored one that it refers to. */
export function statementsOf(
  resource: Resource,
  references: readonly unknown[],
  hide: (value: string) => string,
): readonly string[] {
  const { dateTime } = resource as unknown as Elements;
  return references.flatMap((it) => {
    const about = keyOfPerson((it as Elements | null)?.reference);
    if (!about) return [];
    const hash = hide(statementIn(resource));
    return `${about} ${hash} ${typeof dateTime === 'string' ? dateTime.slice(0, 40) : ''}`;
  });
}

/** What a resource states, as a text. Its time and its plain identifiers, one of which the gateway assigns, are no part of it. */
export function statementIn(resource: Resource): string {
  const { id: _, meta: __, text: ___, dateTime: ____, identifier, ...rest } = resource as unknown as Elements;
  const others = Array.isArray(identifier) ? identifier.filter((it) => !isPlain(it)) : identifier;
  return canonicalJson({ ...rest, identifier: others }, (text) => text);
}

/** Of a system and a value alone, so that nothing of it can change what is stated. */
const isPlain = (identifier: unknown): boolean =>
  Object.entries(identifier as Elements).every(
    ([name, value]) => ['system', 'value'].includes(name) && typeof value === 'string',
  );

/** `id/Type` of `Type/id`; undefined for a reference to what is not stored. */
export function keyOfPerson(reference: unknown): string | undefined {
  const [, type, id] = /^([A-Z][A-Za-z]{1,30})\/([A-Za-z0-9\-.]{1,36})$/.exec(String(reference)) ?? [];
  return type && id ? `${id}/${type}` : undefined;
}
