import type { Resource } from '../fhir/resource.ts';

/** One definition that is known: what it is called, and a way to read it when it is needed. */
export type Entry = {
  readonly resourceType: string;
  readonly url: string;
  readonly version?: string;
  /** Of a StructureDefinition: the type that it defines or constrains. */
  readonly type?: string;
  readonly kind?: string;
  readonly derivation?: string;
  readonly read: () => Resource;
};

export type EntryFacts = Omit<Entry, 'read'>;

/** Undefined for what has no canonical url: it cannot be referred to, so it is no definition. */
export function entryFacts(resource: Resource): EntryFacts | undefined {
  const it = resource as Resource & Readonly<Record<string, unknown>>;
  const text = (name: string): string | undefined => (typeof it[name] === 'string' ? (it[name] as string) : undefined);
  const url = text('url');
  if (url === undefined) return undefined;
  const definition = it.resourceType === 'StructureDefinition';
  const facts = {
    version: text('version'),
    type: definition ? text('type') : undefined,
    kind: definition ? text('kind') : undefined,
    derivation: definition ? text('derivation') : undefined,
  };
  return {
    resourceType: it.resourceType,
    url,
    ...(Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined)) as Partial<EntryFacts>),
  };
}

export function entryOf(resource: Resource): Entry | undefined {
  const facts = entryFacts(resource);
  return facts && { ...facts, read: () => resource };
}
