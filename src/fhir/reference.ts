import { type TypeModel, typeModel } from './model.ts';
import type { Resource } from './resource.ts';

/** Forms of `Reference.reference` (https://hl7.org/fhir/R4/references.html#literal). */
export type ParsedReference =
  /** `#letter`, a contained resource; `#` alone is the resource that contains this one. */
  | { readonly kind: 'local'; readonly id: string }
  /** `Patient/1` or `Patient/1/_history/2`. */
  | { readonly kind: 'relative'; readonly type: string; readonly id: string; readonly version?: string }
  /** `https://server/fhir/Patient/1`; `base` has no trailing slash. */
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

/** Parses a literal reference in time linear in its length; accepts the resource types of R4. */
export function parseReference(text: string): ParsedReference {
  if (text.startsWith('#')) return /\s/.test(text) ? { kind: 'invalid' } : { kind: 'local', id: text.slice(1) };
  const slash = text.indexOf('/');
  if (slash > 0 && isIdFrom(text, slash + 1)) {
    const type = text.slice(0, slash);
    if (isResourceType(type)) return { kind: 'relative', type, id: text.slice(slash + 1) };
  }
  const rest = text.startsWith('urn:') ? null : restful.exec(text);
  if (rest && isResourceType(rest[2]!)) {
    const [, base, type = '', id = '', version] = rest;
    // Written out for speed: most references have one of these two forms.
    if (version === undefined)
      return base === undefined ? { kind: 'relative', type, id } : { kind: 'absolute', base, type, id };
    return base === undefined ? { kind: 'relative', type, id, version } : { kind: 'absolute', base, type, id, version };
  }
  const named = urn.exec(text);
  if (named) return { kind: 'urn', scheme: named[1] as 'uuid' | 'oid', value: named[2]! };
  const query = conditional.exec(text);
  if (query && isResourceType(query[1]!)) return { kind: 'conditional', type: query[1]!, query: query[2]! };
  return absoluteUri.test(text) ? { kind: 'url', url: text } : { kind: 'invalid' };
}

/** Whether the rest of the text is an id: `Patient/1` is the form of most references, and needs no regular expression. */
function isIdFrom(text: string, start: number): boolean {
  const length = text.length - start;
  if (length < 1 || length > 64) return false;
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const isLetter = (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
    if (!isLetter && !(code >= 48 && code <= 57) && code !== 45 && code !== 46) return false;
  }
  return true;
}

const isResourceType = (name: string): boolean => {
  const model = typeModel(name);
  return model?.kind === 'resource' && !model.abstract;
};

/**
 * The literal references of a resource that nobody changes any more, each once: in the graph of a message they are asked for
 * seven times.
 */
export function referencedBy(resource: Resource): readonly string[] {
  const known = referenced.get(resource);
  if (known) return known;
  const texts = new Set<string>();
  for (const { text } of referencesIn(resource)) if (text !== undefined) texts.add(text);
  const all = [...texts];
  referenced.set(resource, all);
  return all;
}

const referenced = new WeakMap<Resource, readonly string[]>();

/** A reference found in a resource. */
export type FoundReference = {
  /**
   * FHIRPath of the place: `Bundle.entry[3].resource.subject`, or of the uri:
   * `DocumentReference.content[0].attachment.url`. A function, because few are printed, and a message is searched often.
   */
  readonly path: () => string;
  /** `Reference.reference`, or the uri itself. Undefined for a logical or display-only reference. */
  readonly text: string | undefined;
  /**
   * `literal`: a Reference with text. `logical`: a Reference with an identifier only.
   * `display`: a Reference with neither. `uri`: an element of type uri or url that names a resource, as Attachment.url
   * may; a server that assigns new ids rewrites these too (https://hl7.org/fhir/R4/http.html#trules).
   */
  readonly kind: 'literal' | 'logical' | 'display' | 'uri';
  /** Replaces the text at this place in the resource itself. */
  readonly set: (text: string) => void;
};

type Elements = Record<string, unknown>;
/** Path to the root as a linked list; converted to text only on access. */
type Step = { readonly from: Step | undefined; readonly name: string; readonly index?: number };

/**
 * Every reference in a resource, contained resources and extensions included, in the order of the resource. For a
 * Bundle: those in its entries. Narratives and nested Bundles are skipped. `path` is the path of the resource itself.
 */
export function referencesIn(resource: Resource, path: string = resource.resourceType): FoundReference[] {
  const found: FoundReference[] = [];
  const root: Step = { from: undefined, name: path };
  if (resource.resourceType === 'Bundle') inBundle(resource as unknown as Elements, root, found);
  else inResource(resource, root, found);
  return found;
}

function inBundle(bundle: Elements, root: Step, found: FoundReference[]): void {
  for (const [index, entry] of asList(bundle.entry).entries()) {
    const resource = isObject(entry) ? entry.resource : undefined;
    if (!isObject(resource)) continue;
    const from = { from: { from: root, name: 'entry', index }, name: 'resource' };
    inResource(resource as unknown as Resource, from, found);
  }
}

function inResource(resource: Resource, at: Step, found: FoundReference[]): void {
  if (resource.resourceType !== 'Bundle')
    inElement(resource as unknown as Elements, typeModel(resource.resourceType), at, found);
}

function inElement(element: Elements, model: TypeModel | undefined, at: Step, found: FoundReference[]): void {
  for (const key in element) {
    const value = element[key];
    if (typeof value === 'string') {
      if (!mayBeAddress(value)) continue;
      const type = model?.properties.get(key)?.type;
      if (type !== undefined && mayRefer(value, type)) found.push(uri(element, key, value, { from: at, name: key }));
    } else if (Array.isArray(value)) {
      inArray(value, key, model?.properties.get(key)?.type, at, found);
    } else if (isObject(value)) {
      inObject(value, model?.properties.get(key)?.type, { from: at, name: shown(key) }, found);
    }
  }
}

function inArray(array: unknown[], key: string, type: string | undefined, at: Step, found: FoundReference[]): void {
  for (let index = 0; index < array.length; index++) {
    const item: unknown = array[index];
    if (isObject(item)) inObject(item, type, { from: at, name: shown(key), index }, found);
    else if (typeof item === 'string' && type !== undefined && mayRefer(item, type))
      found.push(uri(array, index, item, { from: at, name: shown(key), index }));
  }
}

function inObject(value: Elements, type: string | undefined, at: Step, found: FoundReference[]): void {
  if (type === 'Resource') {
    inResource(value as unknown as Resource, at, found);
    return;
  }
  // Without a type in the model, anything in the form of a Reference counts: a missed one would break the link.
  if (type === 'Reference' || (type === undefined && typeof value.reference === 'string'))
    found.push(reference(value, at));
  inElement(value, type === undefined ? undefined : typeModel(type), at, found);
}

function reference(element: Elements, at: Step): FoundReference {
  const text = typeof element.reference === 'string' ? element.reference : undefined;
  return {
    kind: text !== undefined ? 'literal' : isObject(element.identifier) ? 'logical' : 'display',
    text,
    path: () => pathOf(at),
    set: (changed) => {
      element.reference = changed;
    },
  };
}

const uri = (parent: object, key: string | number, text: string, at: Step): FoundReference => ({
  kind: 'uri',
  text,
  path: () => pathOf(at),
  set: (changed) => {
    (parent as Record<string | number, unknown>)[key] = changed;
  },
});

/** Of most texts this is seen without their type: `Type/id`, an absolute address, or a urn. */
const mayBeAddress = (text: string): boolean => text.charCodeAt(0) === 0x75 || text.includes('/');

/** Most uris identify systems and definitions; only these can refer to a resource in the same Bundle. */
const mayRefer = (text: string, type: string): boolean =>
  type === 'url'
    ? text.startsWith('urn:uuid:') || isInstance(text)
    : (type === 'uri' || type === 'canonical') && text.startsWith('urn:uuid:');

const isInstance = (text: string): boolean => ['relative', 'absolute', 'urn'].includes(parseReference(text).kind);

function pathOf(step: Step): string {
  const name = step.index === undefined ? step.name : `${step.name}[${step.index}]`;
  return step.from ? `${pathOf(step.from)}.${name}` : name;
}

/** Extensions of a primitive are in `_name`; FHIRPath uses `name`. */
const shown = (key: string): string => (key.startsWith('_') ? key.slice(1) : key);
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const isObject = (value: unknown): value is Elements => typeof value === 'object' && value !== null;
