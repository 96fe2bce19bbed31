/** Rules in FHIRPath of a Questionnaire or item (http://hl7.org/fhir/StructureDefinition/questionnaire-constraint). */
import type { Extension } from '@medplum/fhirtypes';
import { issue } from '../../fhir/issue.ts';
import { compileTest } from '../../fhirpath/index.ts';
import type { Run } from '../plan/plan.ts';
import { ProfileError } from '../plan/profile-error.ts';
import { evaluateRule, type RuleTest } from '../run/evaluate-rule.ts';
import { reportUnsupported } from '../run/unsupported.ts';

const url = 'http://hl7.org/fhir/StructureDefinition/questionnaire-constraint';

type Constraint = {
  readonly key: string;
  readonly human: string;
  readonly severity: 'error' | 'warning';
  readonly test: RuleTest | ProfileError;
};

/** By the extensions of a Questionnaire or item, which is compiled once. */
const compiled = new WeakMap<readonly Extension[], readonly Constraint[]>();

/** Checks the rules on a response or on one of its items. */
export function checkConstraints(
  extensions: readonly Extension[] | undefined,
  value: object,
  run: Run,
  type: 'QuestionnaireResponse' | 'QuestionnaireResponse.item',
): void {
  if (!Array.isArray(extensions)) return;
  for (const { key, human, severity, test } of constraintsOf(extensions, type)) {
    const place = { severity, constraint: key };
    if (test instanceof ProfileError) reportUnsupported(run, test, severity === 'error' ? 'warning' : 'information');
    else {
      const violation = issue('invariant', { key, human }, { expression: '', ...place });
      evaluateRule(value, run, { key, test, violation, place });
    }
  }
}

function constraintsOf(extensions: readonly Extension[], type: string): readonly Constraint[] {
  const cached = compiled.get(extensions);
  if (cached) return cached;
  const found = extensions.filter((it) => it.url === url).map((it) => constraintOf(it, type));
  compiled.set(extensions, found);
  return found;
}

function constraintOf({ extension = [] }: Extension, type: string): Constraint {
  const part = (name: string): Extension | undefined => extension.find((it) => it.url === name);
  const key = part('key')?.valueId ?? '?';
  return {
    key,
    human: part('human')?.valueString ?? '',
    severity: part('severity')?.valueCode === 'warning' ? 'warning' : 'error',
    test: compiledTest(part('expression')?.valueString ?? '', key, type),
  };
}

function compiledTest(expression: string, key: string, type: string): RuleTest | ProfileError {
  try {
    return compileTest(expression, { type, lenient: true });
  } catch (error) {
    return new ProfileError(url, type, `rule ${key}: ${(error as Error).message}`);
  }
}
