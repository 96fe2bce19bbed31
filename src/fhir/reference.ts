import type { Reference } from '@medplum/fhirtypes';
import { typeModel } from './model.ts';
import type { Resource } from './resource.ts';

/** What the text of `Reference.reference` can be (https://hl7.org/fhir/R4/references.html#literal). */
export type ParsedReference =
  /** `#letter`, a contained resource; `#` alone is the resource that contains this one. */
  | { readonly kind: 'local'; readonly id: string }
  /** `Patient/1` or `Patient/1/_history/2`. */
  | { readonly kind: 'relative'; readonly type: string; readonly id: string; readonly version?: string }
  /** `https://server/fhir/Patient/1`; `base` has no slash at its end. */
  | {
      readonly kind: 'absolute';
      readonly base: string;
      readonly type: string;
      readonly id: string;
      readonly version?: string;
    }
  /** `urn:uuid:...` or `urn:oid:...`. */
  | { readonly kind: 'urn'; readonly scheme: 'uuid' | 'oid'; readonly value: string }
  /** `Patient?identifier=...`: only in a transaction (https://hl7.org/fhir/R4/http.html#trules). */
  | { readonly kind: 'conditional'; readonly type: string; readonly query: string }
  /** Any other absolute URI, a canonical among them. */
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'invalid' };

const restful =
  /^(?:(https?:\/\/[^\s?#|]+)\/)?([A-Z][A-Za-z]*)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/([A-Za-z0-9\-.]{1,64}))?$/;
const urn = /^urn:(uuid|oid):([0-9A-Za-z.-]+)$/;
const conditional = /^([A-Z][A-Za-z]*)\?(\S+)$/;
const absoluteUri = /^[A-Za-z][A-Za-z0-9+.-]*:\S+$/;

/** Reads the text of a literal reference. Linear in its length; knows the resource types of R4. */
export function parseReference(text: string): ParsedReference {
  if (text.startsWith('#')) return /\s/.test(text) ? { kind: 'invalid' } : { kind: 'local', id: text.slice(1) };
  const rest = restful.exec(text);
  if (rest && isResourceType(rest[2]!)) {
    const [, base, type = '', id = '', version] = rest;
    const target = { type, id, ...(version === undefined ? {} : { version }) };
    return base === undefined ? { kind: 'relative', ...target } : { kind: 'absolute', base, ...target };
  }
  const named = urn.exec(text);
  if (named) return { kind: 'urn', scheme: named[1] as 'uuid' | 'oid', value: named[2]! };
  const query = conditional.exec(text);
  if (query && isResourceType(query[1]!)) return { kind: 'conditional', type: query[1]!, query: query[2]! };
  return absoluteUri.test(text) ? { kind: 'url', url: text } : { kind: 'invalid' };
}

const isResourceType = (name: string): boolean => {
  const model = typeModel(name);
  return model?.kind === 'resource' && !model.abstract;
};

/** A place in a resource that points to another one. */
export type FoundReference = {
  /** FHIRPath of the place: `Bundle.entry[3].resource.subject`; of the element that holds the text for a uri. */
  readonly path: string;
  /** The text that points: `Reference.reference`, or the uri itself. Undefined for a logical or display-only reference. */
  readonly text: string | undefined;
  /**
   * `literal`: a Reference with text. `logical`: a Reference with an identifier only.
   * `display`: a Reference with neither. `uri`: an element of type uri or url, as Attachment.url;
   * a server that gives new ids rewrites these too (https://hl7.org/fhir/R4/http.html#trules).
   */
  readonly kind: 'literal' | 'logical' | 'display' | 'uri';
  /** The Reference, or for a uri the object that holds it. */
  readonly holder: Reference | object;
  /** Writes another text at this place, in the resource itself. */
  readonly set: (text: string) => void;
};

/**
 * Every reference in a resource, contained resources and extensions included, in the order of the resource.
 * Does not look into narratives, nor into the entries of a Bundle inside another resource's entry.
 */
export declare function referencesIn(resource: Resource): FoundReference[];
