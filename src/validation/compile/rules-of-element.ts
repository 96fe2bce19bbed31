/**
 * One builder per kind of constraint of an ElementDefinition (https://hl7.org/fhir/R4/elementdefinition.html). A builder
 * returns the rule that runs later, or nothing when the element lacks the constraint or the base has the same one.
 */
import { bindingRules } from './binding-rules.ts';
import { fixedRule, patternRule } from './fixed-and-pattern-rules.ts';
import { invariantRules } from './invariant-rules.ts';
import { lengthRule, limitRules } from './limit-rules.ts';
import { referenceRule } from './reference-rule.ts';
import { resourceTypeRule } from './resource-type-rule.ts';
import type { Rule, RuleBuilder, RuleSource } from './rule.ts';
import { typeProfileRules } from './type-profile-rules.ts';

const builders: readonly RuleBuilder[] = [
  fixedRule,
  patternRule,
  bindingRules,
  limitRules,
  lengthRule,
  referenceRule,
  resourceTypeRule,
  typeProfileRules,
  invariantRules,
];

export const rulesOf = (source: RuleSource): Rule[] => builders.flatMap((build) => build(source) ?? []);
