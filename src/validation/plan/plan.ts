import type { Definitions } from '../../definitions/registry.ts';
import type { Terminology } from '../../definitions/value-sets.ts';
import type { Issue } from '../../fhir/issue.ts';
import type { Obj } from '../values/object.ts';
import type { Frame, Reached } from './frame.ts';
import type { Policy } from './policy.ts';
import type { Question } from './question.ts';
import type { Segment } from './segment.ts';

export type Check = (value: unknown, run: Run) => void;

export type Required = {
  readonly bit: number;
  readonly segment: Segment;
  readonly min: number;
  readonly element: string;
};

/** How it is seen at a glance that a value is well: by what kind of primitive it is, or what it is bound to. */
export type Glance =
  | { readonly kind: 'text' | 'uri' | 'code' | 'boolean' | 'none' }
  | { readonly kind: 'bound'; readonly isIn: (value: string, run: Run) => boolean }
  | { readonly kind: 'string'; readonly fits: (value: string) => boolean }
  | { readonly kind: 'number'; readonly fits: (value: number) => boolean };

export type Property = {
  readonly key: string;
  readonly segment: Segment;
  readonly array: boolean;
  readonly check: Check;
  /** Bit of the choice element that the property belongs to; 0 for others. */
  readonly choice: number;
  /** Bit of the required element that the property belongs to; 0 for others. */
  readonly required: number;
  /** `_birthDate`: id and extensions of a primitive, whose values stand in the property `birthDate`. */
  readonly primitiveOf: string | undefined;
  readonly primitive: boolean;
  readonly glance: Glance;
  /** The property that came after this one the last time: mostly it does again, which spares looking it up. */
  next: Property | undefined;
};

export type TypePlan = {
  readonly name: string;
  readonly properties: ReadonlyMap<string, Property>;
  /** Names of the properties, for a message about one that is not there. */
  readonly names: readonly string[];
  readonly required: readonly Required[];
  readonly requiredBits: number;
  readonly isResource: boolean;
  /** Id and extensions of a primitive: they stand beside its value, which is content enough. */
  readonly isPrimitivePart: boolean;
  /** Invariants, and what no StructureDefinition says. */
  readonly rules: readonly ((value: Obj, run: Run) => void)[];
};

export type ProfilePlan = {
  readonly url: string;
  readonly version: string | undefined;
  readonly type: string;
  /** Holds a value of the type against what the profile adds. */
  readonly check: (value: unknown, run: Run) => void;
  /** What is checked, an element a line. */
  readonly lines: readonly string[];
};

export type ExtensionPlan = {
  readonly url: string;
  readonly profile: ProfilePlan;
  readonly contexts: readonly { readonly type: string; readonly expression: string; readonly asked: string }[];
  readonly modifier: boolean;
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

/** The loaded definitions and the policy of one validator. */
export type ValidationContext = {
  readonly definitions: Definitions;
  readonly terminology: Terminology;
  readonly policy: Policy;
  readonly plans: PlanResolver;
};

export type Run = {
  readonly context: ValidationContext;
  readonly issues: Issue[];
  readonly questions: Question[];
  /** The name of the root resource, then one segment a level; `index[i]` is -1 for what does not repeat. */
  root: string;
  readonly way: Segment[];
  readonly index: number[];
  depth: number;
  frame: Frame;
  /** Above 0 only whether something fails is of interest: nothing is reported. */
  silent: number;
  failed: boolean;
  /** Profiles that a resource was or is being held against, so that references in a circle end. */
  judged: Map<object, Map<string, boolean>> | undefined;
  /** What was computed once for a resource of this run: the index of a Bundle, the ids of contained resources. */
  notes: Map<object, Map<string, unknown>> | undefined;
  /** The frame in which each resource of the run was found, for profiles that reach it from outside. */
  frames: Map<object, Frame> | undefined;
  /** Where the last reference led: the rules of one element ask one after the other. */
  reached: Reached | undefined;
};
