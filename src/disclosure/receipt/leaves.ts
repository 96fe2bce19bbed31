import { createCipheriv, hkdfSync } from 'node:crypto';
import { canonicalJson } from '../../fhir/canonical-json.ts';
import { decimalText } from '../../fhir/decimal.ts';
import type { Resource } from '../../fhir/resource.ts';
import { type Hash, leafHash } from './tree.ts';

/** A value of a resource: its path (`Patient/1.name[0].family`), and its canonical JSON (RFC 8785). */
export type LeafValue = { readonly path: string; readonly value: string };

/** What the store sets in a version, which is no part of what was sent. */
const ofStore: ReadonlySet<string> = new Set(['versionId', 'lastUpdated']);

/** Every value of these resources, by path; an element without a value of its own has those of its parts. */
export function valuesOf(resources: readonly Resource[]): readonly LeafValue[] {
  const found: LeafValue[] = [];
  const add = (parent: object, key: string | number, it: unknown, path: string, isMeta: boolean): void => {
    if (it === undefined) return;
    if (typeof it === 'number') found.push({ path, value: decimalText(parent, key) ?? canonicalJson(it) });
    else if (typeof it !== 'object' || it === null) found.push({ path, value: canonicalJson(it) });
    else if (Array.isArray(it))
      for (let index = 0; index < it.length; index++) add(it, index, it[index], `${path}[${index}]`, false);
    else
      for (const name of Object.keys(it))
        if (!isMeta || !ofStore.has(name))
          add(it, name, (it as Readonly<Record<string, unknown>>)[name], `${path}.${name}`, false);
  };
  for (const resource of resources)
    for (const name of Object.keys(resource)) {
      const it = (resource as unknown as Readonly<Record<string, unknown>>)[name];
      add(resource, name, it, `${resource.resourceType}/${resource.id}.${name}`, name === 'meta');
    }
  return found.sort((one, other) => (one.path < other.path ? -1 : one.path > other.path ? 1 : 0));
}

const saltSize = 16;
/** Of a salt as text. */
export const saltDigits: number = 2 * saltSize;

/**
 * The key of the salts of one message about one person (HKDF, RFC 5869), from the random key of that message. Without it no salt is
 * known, and no value can be guessed from the leaves.
 */
export const messageKey = (
  key: Uint8Array,
  { person, message }: { readonly person: string; readonly message: string },
) => Buffer.from(hkdfSync('sha256', key, message, `mgn receipt 1 ${person}`, 32));

/** Salts of the leaves, in their order: one stream, of which a part says nothing of the others (AES-256-CTR). */
export function saltsOf(key: Uint8Array, count: number): readonly string[] {
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(count * saltSize));
  const digits = stream.toString('hex');
  return Array.from({ length: count }, (_, index) => digits.slice(index * saltDigits, (index + 1) * saltDigits));
}

/** A leaf as it is hashed: salt, path and value, of which the first has a fixed length and the second no line feed. */
export const leafOf = ({ path, value }: LeafValue, salt: string): Hash => leafHash(`${salt}\n${path}\n${value}`);
