/** What an invariant may ask while it is evaluated: the resource around it, references, value sets, profiles. */
import type { Reference } from '@medplum/fhirtypes';
import type { Environment } from '../../fhirpath/index.ts';
import type { Run } from '../plan/plan.ts';
import { memberOf } from './binding.ts';
import { conforms } from './profile.ts';
import { targetOf } from './reference-target.ts';

export function environmentOf(run: Run): Environment {
  const { frame } = run;
  if (frame.environment) return frame.environment;
  frame.environment = {
    resource: frame.resource,
    rootResource: frame.root,
    resolve: (reference: string | Reference) => {
      const text = typeof reference === 'string' ? reference : reference.reference;
      return text === undefined ? undefined : targetOf(run, text).resource;
    },
    memberOf: (value, valueSet) => memberOf(run, value, valueSet),
    conformsTo: (value, profile) => conforms(run, value, profile),
  };
  return frame.environment;
}
