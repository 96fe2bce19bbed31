import type { Definitions } from '../../definitions/registry.ts';
import type { Membership, Terminology } from '../../definitions/value-sets.ts';
import type { Issue } from '../../fhir/issue.ts';
import type { JsonObject } from '../values/object.ts';
import type { Frame, ResolvedReference } from './frame.ts';
import type { Policy } from './policy.ts';
import type { ProfileError } from './profile-error.ts';
import type { Question } from './question.ts';
import type { Segment } from './segment.ts';

export type Check = (value: unknown, run: Run) => void;

export type RequiredElement = {
  readonly bit: number;
  readonly segment: Segment;
  readonly min: number;
  readonly element: string;
};

/** A cheap test that most primitive values pass; a value that fails it gets the full check. */
export type QuickCheck =
  | { readonly kind: 'text' | 'uri' | 'code' | 'boolean' | 'none' }
  | { readonly kind: 'bound'; readonly isIn: (value: string, run: Run) => boolean }
  | { readonly kind: 'string'; readonly isValid: (value: string) => boolean }
  | { readonly kind: 'number'; readonly isValid: (value: number) => boolean };

export type Property = {
  readonly key: string;
  readonly segment: Segment;
  readonly array: boolean;
  readonly check: Check;
  /** Bit of the choice element that the property belongs to; 0 for others. */
  readonly choice: number;
  /** Bit of the required element that the property belongs to; 0 for others. */
  readonly required: number;
  /** `birthDate`, for `_birthDate`: id and extensions of that primitive. */
  readonly primitiveOf: string | undefined;
  readonly primitive: boolean;
  /** Bit of the element among those that rules of the type need; 0 for others. */
  readonly needed: number;
  /** Of a complex type without special checks: its name, its plan from the first use on, and the rules of the element. */
  readonly complex: string | undefined;
  plan: TypePlan | undefined;
  readonly rules: readonly ElementRule[];
  readonly quickCheck: QuickCheck;
  /** The property that followed this one last time: it usually does again, which saves a lookup. */
  next: Property | undefined;
};

/** A rule about the values of one element, whatever their type. */
export type ElementRule = { readonly check: (value: unknown, run: Run, type: string) => void };

/** A rule about every value of a type. */
export type TypeRule = {
  readonly check: (value: JsonObject, run: Run) => void;
  /** Bits of the elements that the value must all have; without one of them the rule holds. */
  readonly needs: number;
};

/** A type of R4 as data: it is checked for every element of every message, and closures per element cost more. */
export type TypePlan = {
  readonly name: string;
  readonly properties: ReadonlyMap<string, Property>;
  /** Names of the properties, for the finding about an unknown one. */
  readonly names: readonly string[];
  readonly required: readonly RequiredElement[];
  readonly requiredBits: number;
  readonly isResource: boolean;
  /** The `_name` object of a primitive: it may be without content of its own, since the value is content. */
  readonly isPrimitivePart: boolean;
  /** Invariants, and rules of the specification that no StructureDefinition contains. */
  readonly rules: readonly TypeRule[];
};

/** A compiled profile. */
export type ProfilePlan = {
  readonly url: string;
  readonly version: string | undefined;
  readonly type: string;
  /** Checks a value of the type against the constraints that the profile adds. */
  readonly check: (value: unknown, run: Run) => void;
  /** The checks, one element per line. */
  readonly lines: readonly string[];
  /** Constraints that could not be compiled: each leaves an instance that it applies to undecided. */
  readonly problems: readonly ProfileError[];
};

/** A compiled extension definition. */
export type ExtensionPlan = {
  readonly url: string;
  readonly profile: ProfilePlan;
  readonly contexts: readonly { readonly type: string; readonly expression: string; readonly elementPath: string }[];
  /** Resource type in which the extension is allowed at any element. */
  readonly anywhereIn: readonly string[];
  readonly isModifier: boolean;
  /** Rules about the element that contains the extension. */
  readonly invariants: readonly Check[];
};

/**
 * Plans by name, compiled at first use. Validation receives them through this type, so that nothing under `run/` imports
 * the compiler. Each function throws a ProfileError for a definition that cannot be compiled.
 */
export type PlanResolver = {
  /** A type, or a backbone element by its path (`Patient.contact`). */
  readonly type: (name: string) => TypePlan;
  /** Undefined when the profile is not loaded. */
  readonly profile: (canonical: string) => ProfilePlan | undefined;
  /** Undefined when the extension is not loaded. */
  readonly extension: (url: string) => ExtensionPlan | undefined;
  /** Profiles that an implementation guide requires of every resource of a type (ImplementationGuide.global). */
  readonly globalProfiles: (type: string) => readonly string[];
};

/** The time of a validation, and the offset of its time zone in minutes east of UTC. */
export type Clock = () => { readonly now: Date; readonly zone: number };

/** The loaded definitions and the policy of one validator. */
export type ValidationContext = {
  readonly definitions: Definitions;
  readonly terminology: Terminology;
  readonly policy: Policy;
  readonly plans: PlanResolver;
  /** For rules that use today() or now(); without it they stay undecided. */
  readonly clock: Clock | undefined;
};

/** What keeps the rule that is being evaluated from being decided. */
export type OpenRule = {
  /** Calls of memberOf() that the loaded content cannot decide, by value set and codings. */
  readonly members: Map<
    string,
    {
      readonly valueSet: string;
      readonly codings: Question['codings'];
      readonly set: Membership | undefined;
    }
  >;
  /** Answers assumed for them, to see what follows. */
  readonly assumed: ReadonlyMap<string, boolean> | undefined;
  problem: string | undefined;
};

/** State of the validation of one resource: position, findings, open questions. */
export type Run = {
  readonly context: ValidationContext;
  readonly issues: Issue[];
  readonly questions: Question[];
  /**
   * Type of the root resource; below it one segment per level. `index[i]` is -1 for an element that does not repeat.
   */
  root: string;
  readonly segments: Segment[];
  readonly index: number[];
  depth: number;
  frame: Frame;
  /** Above 0, nothing is reported; only `failed` is set. */
  silent: number;
  failed: boolean;
  /** Results by resource and profile, also of checks in progress, so that circular references end. */
  conformance: Map<object, Map<string, boolean>> | undefined;
  /** Profiles of which the findings about a resource are in `issues`, by its frame (the resource itself at the root). */
  reported: Map<object, Set<ProfilePlan>> | undefined;
  /** Values computed once per resource: the index of a Bundle, the contained resources by id. */
  memo: Map<object, Map<string, unknown>> | undefined;
  /** The frame of each resource of the run, for profiles that reach it from outside. */
  frames: Map<object, Frame> | undefined;
  lastReference: ResolvedReference | undefined;
  openRule: OpenRule | undefined;
  /** Read once, so that all rules of a run have the same time. */
  time: ReturnType<Clock> | undefined;
};
