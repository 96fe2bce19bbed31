import type { Meta, ResourceType, Resource as TypedResource } from '@medplum/fhirtypes';

/**
 * Any FHIR R4 resource in its JSON form, not yet validated (https://hl7.org/fhir/R4/resource.html). Every resource type
 * of @medplum/fhirtypes is assignable to it; `isType` narrows it.
 */
export interface Resource {
  resourceType: string;
  id?: string;
  meta?: Meta;
}

/** A resource or data type as a plain record, for generic code. */
export type Elements = Readonly<Record<string, unknown>>;

/** The resources of @medplum/fhirtypes by their name. */
export type ResourceOf<T extends ResourceType> = Extract<TypedResource, { resourceType: T }>;

export const isType = <T extends ResourceType>(
  resource: { readonly resourceType?: unknown } | undefined,
  type: T,
): resource is ResourceOf<T> => resource?.resourceType === type;
