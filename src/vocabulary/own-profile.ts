import { mgnProfile } from '../fhir/canonical.ts';

/**
 * Profiles that the gateway validates a resource against before it stores or discloses it, in addition to meta.profile.
 * The gateway itself writes Tasks, so a Task need not name its profile.
 */
export const ownProfiles = (resource: { readonly resourceType: string } | undefined): readonly string[] =>
  resource?.resourceType === 'Task' ? [mgnProfile('coordination-task')] : [];
