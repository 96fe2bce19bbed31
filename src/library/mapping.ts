/**
 * mgn-gateway/mapping for users of the library: the compiler with the network's own formats loaded (REF^I12, RRI^I12,
 * JSON referral form), so that its maps compile as they are. src/mapping itself has no format of a network.
 */
import '../../bin/require-node.js';

export { compileNetworkMap as compileMap } from '../exchange/maps/models.ts';
export * from '../mapping/index.ts';
