import { type Context, reportProblem } from '../program/program.ts';
import { didYouMean } from '../syntax/suggestion.ts';
import type { Place } from '../syntax/tree.ts';
import { type CompiledTransform, possibleOf } from '../transforms/transform.ts';
import type { Step } from '../types/step.ts';
import { codesIn, isMember } from '../types/terminology.ts';
import type { PossibleTypes } from '../types/types.ts';

/** Reports a code that a map can write, fixed, of a branch or of a table, and that is not in the value set that the element requires. What cannot be decided is accepted. */
export function checkBinding(
  possible: CompiledTransform,
  owner: PossibleTypes,
  step: Step,
  at: Place,
  context: Context,
): void {
  const values = possibleOf(possible);
  const terminology = values.length === 0 ? undefined : context.program.terminology?.();
  const [type] = owner ?? [];
  if (!terminology || type === undefined || owner?.length !== 1 || type.includes('/')) return;
  const url = terminology.requiredBy(type, step.name);
  const set = url === undefined ? undefined : terminology.valueSet(url);
  const wrong = set && values.map(codesIn).find((codes) => codes.length > 0 && isMember(set, codes) === false);
  if (url === undefined || !set || !wrong) return;
  const code = wrong[0]!.code.slice(0, 64);
  const suggestion = didYouMean(code, set.codes ?? []);
  const details = {
    element: step.name,
    valueSet: url,
    code,
    suggestion: suggestion === ` Did you mean ${code}?` ? '' : suggestion,
  };
  reportProblem(context, 'map-code-invalid', details, at);
}
