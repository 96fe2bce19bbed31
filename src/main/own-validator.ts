import { fileURLToPath } from 'node:url';
import { openValidator, type Validator } from '../validation/index.ts';

/** Folder of the product, with profiles, mappings and examples. */
export const productFolder = fileURLToPath(new URL('../..', import.meta.url));

export const profilesPackage = `${productFolder}profiles/package`;

/** A validator with base R4, the gateway's own profiles (from the folder `own`) and the requested packages. */
export const openOwnValidator = (
  packages: readonly string[] = [],
  options: Omit<Parameters<typeof openValidator>[0], 'packages'> = {},
  own: string = profilesPackage,
): Promise<Validator> => openValidator({ ...systemClock, ...options, packages: [own, ...packages] });

/**
 * What the gateway accepts of senders: profiles that it does not know (it validates against those of its forms), and
 * entries without fullUrl, as GP systems send them.
 */
export const gatewayPolicy = { unloadedProfiles: 'information', missingFullUrls: 'warning' } as const;

/** The clock and the time zone of this process, for rules that use today() or now(). */
export const systemClock = { clock: () => new Date(), zone: (at: Date) => -at.getTimezoneOffset() };
