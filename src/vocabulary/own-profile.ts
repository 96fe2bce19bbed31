import { mgnProfile } from '../fhir/canonical.ts';

/**
 * Profiles that a resource is held to whenever the gateway stores or discloses it, besides those it names itself. The
 * gateway itself writes Tasks, so a Task need not name its profile.
 */
export const ownProfiles = (resource: { readonly resourceType: string } | undefined): readonly string[] =>
  resource?.resourceType === 'Task' ? [mgnProfile('coordination-task')] : [];
