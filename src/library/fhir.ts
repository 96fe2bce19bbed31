/** mgn-gateway/fhir for users of the library. */
import '../../bin/require-node.js';

export * from '../fhir/index.ts';
