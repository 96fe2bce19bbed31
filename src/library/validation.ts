/** mgn-gateway/validation for users of the library. */
import '../../bin/require-node.js';
import * as validation from '../validation/index.ts';

export * from '../validation/index.ts';

/**
 * Opens a validator over R4 core, the packages and the definitions. Rejects when a package cannot be read. Rules that use
 * today() or now() have the clock and the time zone of this process, unless `clock` is given.
 */
export const openValidator = (options: validation.ValidatorOptions = {}): Promise<validation.Validator> =>
  validation.openValidator({ clock: () => new Date(), zone: (at) => -at.getTimezoneOffset(), ...options });
