import type { Meta, ResourceType, Resource as TypedResource } from '@medplum/fhirtypes';

/**
 * Any FHIR R4 resource in its JSON form, not yet known to be valid (https://hl7.org/fhir/R4/resource.html).
 * Every interface of @medplum/fhirtypes can stand where this is asked; `isType` goes the other way.
 */
export interface Resource {
  resourceType: string;
  id?: string;
  meta?: Meta;
}

/** What a resource or data type looks like to code that walks any of them. */
export type Elements = Readonly<Record<string, unknown>>;

/** The resources of @medplum/fhirtypes by their name. */
export type ResourceOf<T extends ResourceType> = Extract<TypedResource, { resourceType: T }>;

export const isType = <T extends ResourceType>(
  resource: { readonly resourceType?: unknown } | undefined,
  type: T,
): resource is ResourceOf<T> => resource?.resourceType === type;
