/** The FHIRPath environment of invariants: the enclosing resource, references, value sets, profiles. */
import type { Reference } from '@medplum/fhirtypes';
import type { Environment } from '../../fhirpath/index.ts';
import type { Run } from '../plan/plan.ts';
import { memberOf } from './binding.ts';
import { conformsTo } from './profile.ts';
import { frameOfReference } from './reference-owner.ts';
import { referenceTarget } from './reference-target.ts';

export function environmentOf(run: Run): Environment {
  const { frame } = run;
  if (frame.environment) return frame.environment;
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
    conformsTo: (value, profile) => conformsTo(run, value, profile),
  };
  return frame.environment;
}
