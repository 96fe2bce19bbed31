import { createCipheriv, hash } from 'node:crypto';
import { canonicalJson, sorted } from '../../fhir/canonical-json.ts';
import { decimalText } from '../../fhir/decimal.ts';
import type { Resource } from '../../fhir/resource.ts';
import { type Hash, leafHash } from './tree.ts';

/** A value of a resource: its path (`Patient/1.name[0].family`), and its canonical JSON (RFC 8785). */
export type LeafValue = { readonly path: string; readonly value: string };

/** What the store sets in a version, which is no part of what was sent. */
const ofStore: ReadonlySet<string> = new Set(['versionId', 'lastUpdated']);

/** The values of a resource, with their paths below it (`name[0].family`): by the names of elements, in the order of lists. */
export type ResourceValues = {
  readonly name: string;
  readonly resource: Resource;
  readonly paths: readonly string[];
  /** Canonical JSON (RFC 8785), one for each path. */
  readonly values: readonly string[];
};

/** Every value of a resource; an element without a value of its own has those of its parts. */
export function valuesIn(resource: Resource): ResourceValues {
  const paths: string[] = [];
  const values: string[] = [];
  const add = (parent: object, key: string | number, path: string): void => {
    const it = (parent as Readonly<Record<string | number, unknown>>)[key];
    if (it === undefined) return;
    if (typeof it !== 'object' || it === null) {
      paths.push(path);
      values.push((typeof it === 'number' ? decimalText(parent, key) : undefined) ?? canonicalJson(it));
    } else if (Array.isArray(it)) for (let index = 0; index < it.length; index++) add(it, index, `${path}[${index}]`);
    else
      for (const name of sorted(Object.keys(it)))
        if (path !== 'meta' || !ofStore.has(name)) add(it, name, `${path}.${name}`);
  };
  for (const name of sorted(Object.keys(resource))) add(resource, name, name);
  return { name: `${resource.resourceType}/${resource.id}`, resource, paths, values };
}

/** The values of all of these, by resource in the order of their names. */
export const valuesByResource = (resources: readonly Resource[]): readonly ResourceValues[] =>
  resources.map(valuesIn).sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));

/** The same as one list. */
export const valuesOf = (resources: readonly Resource[]): readonly LeafValue[] =>
  valuesByResource(resources).flatMap(({ name, paths, values }) =>
    paths.map((path, index) => ({ path: `${name}.${path}`, value: values[index]! })),
  );

const saltSize = 16;
/** Of a salt as text. */
export const saltDigits: number = 2 * saltSize;

/**
 * Salts of the leaves, in their order: one stream, of which a part says nothing of the others (AES-256-CTR), under the random key
 * of one message. Without it no salt is known, and no value can be guessed from the leaves. The message and the person begin
 * the stream elsewhere: a key that was used twice still has other salts.
 */
export function saltsOf(
  key: Uint8Array,
  { person, message, count }: { readonly person: string; readonly message: string; readonly count: number },
): readonly string[] {
  const start = hash('sha256', `mgn receipt 1 ${message} ${person}`, 'buffer').subarray(0, 16);
  const digits = createCipheriv('aes-256-ctr', key, start)
    .update(zeros(count * saltSize))
    .toString('hex');
  return Array.from({ length: count }, (_, index) => digits.slice(index * saltDigits, (index + 1) * saltDigits));
}

const someZeros = Buffer.alloc(4_096 * saltSize);
const zeros = (size: number): Buffer => (size <= someZeros.length ? someZeros.subarray(0, size) : Buffer.alloc(size));

/** A leaf as it is hashed: salt, path and value, of which the first has a fixed length and the second no line feed. */
export const leafOf = ({ path, value }: LeafValue, salt: string): Hash => leafHash(`${salt}\n${path}\n${value}`);
