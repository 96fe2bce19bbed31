/** mgn-gateway/mapping for users of the library. */
import '../../bin/require-node.js';

export * from '../mapping/index.ts';
