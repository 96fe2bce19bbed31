import type { StructureDefinition } from '@medplum/fhirtypes';
import type { ExtensionPlan, ProfilePlan } from '../plan/plan.ts';
import { ProfileError } from '../plan/profile-error.ts';
import { contextInvariants } from './context-invariants.ts';
import { practisedContexts, practisedResources } from './practised-contexts.ts';

/** The plan of an extension definition (https://hl7.org/fhir/R4/defining-extensions.html). */
export function compileExtension(
  definition: StructureDefinition,
  url: string,
  profile: ProfilePlan | undefined,
): ExtensionPlan {
  if (!profile) throw new ProfileError(url, 'Extension', 'it is not loaded');
  const practised = practisedContexts(url).map((expression) => ({ type: 'element', expression }));
  return {
    url,
    profile,
    contexts: [...(definition.context ?? []), ...practised].map(({ type = 'element', expression = '' }) => ({
      type,
      expression,
      elementPath: expression.replace(/\[x\]/g, ''),
    })),
    anywhereIn: practisedResources(url),
    invariants: contextInvariants(definition.contextInvariant, url),
    isModifier: (definition.snapshot ?? definition.differential)?.element?.[0]?.isModifier === true,
  };
}
