/** The FHIRPath environment of invariants: the enclosing resource, references, value sets, profiles. */
import type { Reference } from '@medplum/fhirtypes';
import type { Environment } from '../../fhirpath/index.ts';
import type { Run } from '../plan/plan.ts';
import { codingsOf } from './codings.ts';
import { leaveOpen, memberOf } from './open-rule.ts';
import { conformsTo } from './profile.ts';
import { frameOfReference } from './reference-owner.ts';
import { referenceTarget } from './reference-target.ts';

export function environmentOf(run: Run): Environment {
  const { frame } = run;
  if (frame.environment) return frame.environment;
  run.time ??= run.context.clock?.();
  // Properties, no getters: those take longer to create than the rules of a small resource to evaluate.
  frame.environment = {
    resource: frame.resource,
    rootResource: frame.root,
    resolve: (reference: string | Reference) => {
      const text = typeof reference === 'string' ? reference : reference.reference;
      if (typeof text !== 'string') return undefined;
      const from = typeof reference === 'string' ? frame : frameOfReference(run, reference);
      return referenceTarget(run, text, from).resource;
    },
    memberOf: (value, valueSet) => memberOf(run, value, valueSet),
    conformsTo: (value, profile) =>
      conformsTo(run, value, profile) ?? leaveOpen(run, `profile ${profile} is not loaded`),
    subsumes: (general, specific) =>
      subsumes(run, general, specific) ?? leaveOpen(run, 'the code system of subsumes() is not loaded'),
    now: run.time?.now,
    zone: run.time?.zone ?? 0,
  };
  return frame.environment;
}

/** Whether any coding of one value is, or is above, a coding of the other in its code system. */
function subsumes({ context }: Run, general: unknown, specific: unknown): boolean | undefined {
  let answer: boolean | undefined = false;
  for (const above of codingsOf(general)) {
    for (const below of codingsOf(specific)) {
      if (above.system !== below.system) continue;
      if (above.code === below.code) return true;
      const codes = context.terminology.codes(above.system ?? '');
      if (!codes?.all) answer = undefined;
      else if (codes.isA(below.code, above.code)) return true;
    }
  }
  return answer;
}
