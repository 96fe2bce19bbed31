/**
 * mgn-gateway/mapping for users of the library: the compiler with the network's own formats and value sets loaded (REF^I12,
 * RRI^I12, JSON referral form), so that its maps compile as they are. src/mapping itself has no format of a network.
 */
import '../../bin/require-node.js';
import { fileURLToPath } from 'node:url';
import { compileNetworkMap } from '../exchange/maps/models.ts';
import { terminologyFor } from '../exchange/maps/terminology.ts';
import type { CompiledMap, CompileOptions, MapSource } from '../mapping/index.ts';

const ownTerminology = terminologyFor([fileURLToPath(new URL('../../profiles/package', import.meta.url))]);

/**
 * Compiles a map that may use the shapes of this network that are not FHIR: the HL7 v2 messages and the JSON referral
 * form. `definitions` add to these, and replace one with the same url. `memberOf()` is decided by the value sets of R4, of the
 * network's profiles and of `definitions`, unless `terminology` decides it. Throws MapError.
 */
export const compileMap = (sources: readonly MapSource[], options: CompileOptions = {}): CompiledMap =>
  compileNetworkMap(sources, { terminology: ownTerminology(options.definitions ?? []), ...options });

export * from '../mapping/index.ts';
