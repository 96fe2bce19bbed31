import type { Resource } from '../fhir/resource.ts';

/** A loaded definition: its metadata, and a function that reads the content when needed. */
export type DefinitionEntry = {
  readonly resourceType: string;
  readonly url: string;
  readonly version?: string;
  /** Of a StructureDefinition: the type that it defines or constrains. */
  readonly type?: string;
  readonly kind?: string;
  readonly derivation?: string;
  readonly read: () => Resource;
};

export type DefinitionMetadata = Omit<DefinitionEntry, 'read'>;

/** Undefined for a resource without canonical url: nothing can refer to it. */
export function metadataOf(resource: Resource): DefinitionMetadata | undefined {
  const it = resource as Resource & Readonly<Record<string, unknown>>;
  const text = (name: string): string | undefined => (typeof it[name] === 'string' ? (it[name] as string) : undefined);
  const url = text('url');
  if (url === undefined) return undefined;
  const definition = it.resourceType === 'StructureDefinition';
  const metadata = {
    version: text('version'),
    type: definition ? text('type') : undefined,
    kind: definition ? text('kind') : undefined,
    derivation: definition ? text('derivation') : undefined,
  };
  return {
    resourceType: it.resourceType,
    url,
    ...(Object.fromEntries(
      Object.entries(metadata).filter(([, value]) => value !== undefined),
    ) as Partial<DefinitionMetadata>),
  };
}

export function entryOf(resource: Resource): DefinitionEntry | undefined {
  const metadata = metadataOf(resource);
  return metadata && { ...metadata, read: () => resource };
}
