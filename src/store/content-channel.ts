import type { Dispatch } from './port/outbox.ts';

/** Channels by which the gateway asks something of the recipient, or updates what the recipient stores itself. */
const questions: ReadonlySet<string> = new Set<Dispatch['channel']>(['fhir-pull', 'fhir-placer', 'zgw-status']);

/** Whether dispatches of a channel disclose content to their recipient, so that they can be withdrawn. */
export const carriesContent = (channel: Dispatch['channel']): boolean => !questions.has(channel);
