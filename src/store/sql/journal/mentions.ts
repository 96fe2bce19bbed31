import { mgnNaming } from '../../../fhir/canonical.ts';
import type { AuditEvent } from '../../port.ts';
import type { IndexRows } from '../index/indexing.ts';
import { referenceKey } from '../keys.ts';
import { keyText } from '../storable.ts';

const systems: ReadonlySet<string> = new Set(['request-id', 'correlation-id', 'trace-id'].map(mgnNaming));

/** The ids of the exchange and the resources concerned, by which events are found: each once. */
export const mentionsOfEvents = (events: readonly AuditEvent[]): readonly string[] => [
  ...new Set(
    events.flatMap(({ entity = [] }) =>
      entity.flatMap(({ what }) => {
        const { identifier, reference } = what ?? {};
        const id = identifier?.value !== undefined && systems.has(identifier.system ?? '') ? [identifier.value] : [];
        return reference === undefined ? id : [...id, referenceKey(reference)];
      }),
    ),
  ),
];

type Written = { readonly type: string; readonly id: string; readonly text: string; readonly index: IndexRows };

/** Of a Reference, or of an element of type url such as Attachment.url: FHIR names those `url` and `valueUrl`. */
const inText = /"(?:reference|url|valueUrl)":"([A-Z][A-Za-z]*)\/([A-Za-z0-9\-.]{1,64})["/]/g;
/** Those of the directory have ids of their own, which each message names; the gateway assigns UUIDs. */
const ofDirectory = /^(?:HealthcareService|Organization|Practitioner|PractitionerRole|Location|Endpoint)$/;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * References from what a commit writes to what it does not write, as far as no index leads back from them: what is
 * referred to must not be removed before that (docs/decisions/0014-retention.md).
 */
export function outsideReferences(changes: readonly Written[]): readonly string[] {
  const own = new Set(changes.map(({ type, id }) => `${type}/${id}`));
  return [
    ...new Set(
      changes.flatMap(({ text, index }) => {
        const indexed = new Set(index.tokens.map(({ value }) => value));
        return referencesInText(text)
          .filter((it) => !own.has(it))
          .flatMap((it) => {
            const name = referenceKey(it);
            return indexed.has(keyText(name)) ? [] : [name];
          });
      }),
    ),
  ];
}

/** `Type/id` in a text of JSON that the gateway wrote. */
export const referencesInText = (text: string): readonly string[] =>
  [...text.matchAll(inText)].flatMap(([, type = '', id = '']) => (isOfDirectory(type, id) ? [] : [`${type}/${id}`]));

const isOfDirectory = (type: string, id: string): boolean => ofDirectory.test(type) && !uuid.test(id);

/**
 * References of a version that the index no longer leads back from, since its successor does not have them: who reads its
 * history still follows them.
 */
export const formerReferences = (before: IndexRows, after: IndexRows): readonly string[] => {
  const indexed = new Set(after.tokens.map(({ value }) => value));
  return [...new Set(before.tokens.map(({ value }) => value))].filter((value) => {
    const [, id, type] = /^([A-Za-z0-9\-.]{1,64})\/([A-Z][A-Za-z]*)$/.exec(value) ?? [];
    return id !== undefined && type !== undefined && !indexed.has(value) && !isOfDirectory(type, id);
  });
};
