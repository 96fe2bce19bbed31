import type { Reference } from '@medplum/fhirtypes';
import type { TypeModel } from '../fhir/model.ts';
import type { Resource } from '../fhir/resource.ts';
import type { Budget } from './budget.ts';

/**
 * Variables and services of an evaluation (https://hl7.org/fhir/R4/fhirpath.html#vars and #functions).
 * A function returns undefined when it cannot decide; `memberOf` and `conformsTo` then yield an empty collection or an error.
 */
export type Environment = {
  /** `%name`: a JS value, an array of them, or a result of `typed`. `%resource` and the like have fields of their own. */
  readonly variables?: Readonly<Record<string, unknown>>;
  /** `%resource`: the resource that contains the focus. Default: the focus, when it is a resource. */
  readonly resource?: unknown;
  /** `%rootResource`: the container of a contained resource, otherwise %resource. */
  readonly rootResource?: unknown;
  /** `%context`: the original focus. */
  readonly context?: unknown;
  readonly resolve?: (reference: string | Reference) => Resource | undefined;
  readonly memberOf?: (value: unknown, valueSet: string) => boolean | undefined;
  readonly conformsTo?: (value: unknown, profile: string) => boolean | undefined;
  /** Whether one code is the other or above it (`Coding`, `CodeableConcept` or `code`). */
  readonly subsumes?: (general: unknown, specific: unknown) => boolean | undefined;
  /** Time of now(), today() and timeOfDay(); the engine has no clock. */
  readonly now?: Date | undefined;
  /** Offset of now(), today() and timeOfDay() in minutes east of UTC; default: UTC. */
  readonly zone?: number;
  /** Steps that are left; the evaluation counts them down. Default: a budget per evaluation. */
  readonly budget?: Budget;
  readonly trace?: (name: string, values: readonly unknown[]) => void;
};

export type CompileOptions = {
  /** The type of the focus: `Patient`, `HumanName`, `Patient.contact`, `string`. With it the compiler creates faster closures. */
  readonly type?: string;
  /** Unknown elements and order-dependent functions on unordered collections are errors. Needs `type`, or a path that names one. */
  readonly strict?: boolean;
  /**
   * Reads expressions as published profiles write them: the JSON name `valueQuantity` for `value.ofType(Quantity)`, types
   * of later releases (no value of R4 has one), and subsumes(), for an environment that decides it.
   */
  readonly lenient?: boolean;
  /** The types that the focus may have, where `type` can not be given; each value carries its own. */
  readonly possible?: readonly string[];
  /** The only `%names` permitted besides the standard ones, each with its type where known, or the types that its one value, which carries its own, may have. Default: any name. */
  readonly variables?: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** The expression has variables only: a path that starts at an element would always be empty, and is an error. */
  readonly noFocus?: boolean;
  /**
   * Why memberOf() can not be decided for a value set, undefined for one that is not a literal; undefined when it can.
   * Default: what the environment decides when the expression is evaluated.
   */
  readonly valueSetProblem?: (valueSet: string | undefined) => string | undefined;
  /**
   * Types beyond R4: logical models, by name. Their elements are checked like those of R4; their values have the types that
   * the model declares, but where JSON of a form or an HL7 v2 message deviates from it: those are read as they are.
   */
  readonly model?: (type: string) => TypeModel | undefined;
};
