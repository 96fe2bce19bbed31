import type { StructureDefinition } from '@medplum/fhirtypes';
import type { ExtensionPlan, ProfilePlan } from '../plan/plan.ts';
import { ProfileError } from '../plan/profile-error.ts';

/** The plan of an extension definition (https://hl7.org/fhir/R4/defining-extensions.html). */
export function compileExtension(
  definition: StructureDefinition,
  url: string,
  profile: ProfilePlan | undefined,
): ExtensionPlan {
  if (!profile) throw new ProfileError(url, 'Extension', 'it is not loaded');
  return {
    url,
    profile,
    contexts: (definition.context ?? []).map(({ type = 'element', expression = '' }) => ({
      type,
      expression,
      elementPath: expression.replace(/\[x\]/g, ''),
    })),
    isModifier: (definition.snapshot ?? definition.differential)?.element?.[0]?.isModifier === true,
  };
}
