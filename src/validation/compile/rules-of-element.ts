/**
 * One builder for each kind of constraint that an ElementDefinition can put on a value
 * (https://hl7.org/fhir/R4/elementdefinition.html). Each runs when compiling and gives the rule that runs later,
 * or nothing when the element does not ask it, or the base asks the same already.
 */
import { binding } from './binding-rules.ts';
import { fixed, pattern } from './fixed-and-pattern-rules.ts';
import { invariants } from './invariant-rules.ts';
import { length, limits } from './limit-rules.ts';
import { references } from './reference-rule.ts';
import type { Ask, Build, Rule } from './rule.ts';
import { typeProfiles } from './type-profile-rules.ts';

const builders: readonly Build[] = [fixed, pattern, binding, limits, length, references, typeProfiles, invariants];

export const rulesOf = (ask: Ask): Rule[] => builders.flatMap((build) => build(ask) ?? []);
