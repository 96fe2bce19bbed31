import type { Reference } from '@medplum/fhirtypes';
import type { Resource } from '../fhir/resource.ts';

/**
 * What an evaluation may ask of the world (https://hl7.org/fhir/R4/fhirpath.html#vars and #functions).
 * A function that returns undefined does not know; `memberOf` and `conformsTo` then yield an empty collection or an error.
 */
export type Environment = {
  /** `%name`: a JS value, an array of them, or what `typed` made. `%resource` and its kin have fields of their own. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** `%resource`: the resource that holds the focus. Without it the focus, when that is a resource. */
  readonly resource?: unknown;
  /** `%rootResource`: the container of a contained resource, otherwise %resource. */
  readonly rootResource?: unknown;
  /** `%context`: the original focus. */
  readonly context?: unknown;
  readonly resolve?: (reference: string | Reference) => Resource | undefined;
  readonly memberOf?: (value: unknown, valueSet: string) => boolean | undefined;
  readonly conformsTo?: (value: unknown, profile: string) => boolean | undefined;
  /** now(), today() and timeOfDay() come from here; there is no clock inside. */
  readonly now?: Date;
  /** Minutes east of UTC that now(), today() and timeOfDay() are told in; without it UTC. */
  readonly zone?: number;
  readonly trace?: (name: string, values: readonly unknown[]) => void;
};

export type CompileOptions = {
  /** The type of the focus: `Patient`, `HumanName`, `Patient.contact`, `string`. Makes closures fast. */
  readonly type?: string;
  /** Unknown elements and order-dependent functions on unordered collections are errors. Needs `type`, or a path that names one. */
  readonly strict?: boolean;
  /** When given, these are the only `%names` besides the standard ones; the value is the type, if known. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
};
