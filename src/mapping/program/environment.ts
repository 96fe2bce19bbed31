import type { CompileOptions, Environment } from '../../fhirpath/index.ts';
/** The time of a run; `used` is true once an expression of the map needs it. */
export type Clock = Pick<Environment, 'zone'> & { now?: Date | undefined; used: boolean };

/** The FHIRPath environment of a map's expressions; without `clock` an expression that needs the time does not compile. */
export type MapEnvironment = Environment & { readonly clock?: Clock } & Pick<CompileOptions, 'valueSetProblem'>;
