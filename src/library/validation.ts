/** mgn-gateway/validation for users of the library. */
import '../../bin/require-node.js';

export * from '../validation/index.ts';
