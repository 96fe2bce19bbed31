/** StructureDefinition.contextInvariant: rules about the element that contains an extension. */
import { issue } from '../../fhir/issue.ts';
import { compileTest, typed } from '../../fhirpath/index.ts';
import type { ExtensionPlan, Run } from '../plan/plan.ts';
import { ProfileError } from '../plan/profile-error.ts';
import { elementAbove } from '../run/current-value.ts';
import { evaluateRule, type RuleTest } from '../run/evaluate-rule.ts';
import { reportUnsupported } from '../run/unsupported.ts';

/** The focus is the element that contains the extension; %extension is the extension. */
export const contextInvariants = (expressions: unknown, url: string): ExtensionPlan['invariants'] =>
  (Array.isArray(expressions) ? expressions : [])
    .filter((it) => typeof it === 'string')
    .map((expression) => contextInvariant(expression, url));

function contextInvariant(expression: string, url: string): ExtensionPlan['invariants'][number] {
  const place = { profile: url, constraint: 'contextInvariant' };
  const violation = {
    ...issue('extension-context-invariant', { extension: url, rule: expression }, { expression: '', ...place }),
  };
  const tests = new Map<string, RuleTest | ProfileError>();
  const testFor = (type: string): RuleTest | ProfileError => {
    const cached = tests.get(type);
    if (cached) return cached;
    const compiled = compiledFor(expression, type, url);
    tests.set(type, compiled);
    return compiled;
  };
  return (extension: unknown, run: Run) => {
    const host = elementAbove(run, 1);
    if (!host) return;
    const test = testFor(host.type);
    if (test instanceof ProfileError) reportUnsupported(run, test);
    else
      evaluateRule(
        host.focus,
        run,
        { key: 'contextInvariant', test, violation, place },
        { extension: typed('Extension', extension) },
      );
  };
}

function compiledFor(expression: string, type: string, url: string): RuleTest | ProfileError {
  try {
    return compileTest(expression, { type, lenient: true });
  } catch (error) {
    return new ProfileError(url, 'Extension', `contextInvariant: ${(error as Error).message}`);
  }
}
