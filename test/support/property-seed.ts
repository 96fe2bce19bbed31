import fc from 'fast-check';
import { isLong } from './long.ts';

/**
 * Properties without a seed of their own are checked with the same values by each `npm test`, and with new ones by each
 * `npm run test:long`; MGN_SEED repeats a run.
 */
const seed = Number(process.env.MGN_SEED ?? (isLong ? Date.now() % 1_000_000_000 : 20_261_130));
if (fc.readConfigureGlobal()?.seed === undefined && isLong)
  console.info(`seed of the properties: ${seed} (MGN_SEED=${seed})`);
fc.configureGlobal({ seed: fc.readConfigureGlobal()?.seed ?? seed });
