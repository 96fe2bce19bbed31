import { fileURLToPath } from 'node:url';
import { openValidator, type Validator } from '../validation/index.ts';

/** The folder of the product: profiles, mappings and examples lie in it. */
export const productFolder = fileURLToPath(new URL('../..', import.meta.url));

export const profilesPackage = `${productFolder}profiles/package`;

/** A validator that knows base R4, the gateway's own profiles (of another folder when told) and the packages that are asked for. */
export const openOwnValidator = (
  packages: readonly string[] = [],
  options: Omit<Parameters<typeof openValidator>[0], 'packages'> = {},
  own: string = profilesPackage,
): Promise<Validator> => openValidator({ ...options, packages: [own, ...packages] });
