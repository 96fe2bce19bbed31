import type { Environment } from '../../fhirpath/index.ts';
/** The time that a run is told; `asked` once an expression of the map asks for it. */
export type Clock = Pick<Environment, 'zone'> & { now?: Date | undefined; asked: boolean };

/** What expressions of a map may ask of the message under way; without `clock` they can't ask the time. */
export type MapEnvironment = Environment & { readonly clock?: Clock };
