/** Creates a store with messages of all profiles that were accepted and delivered, in a process of its own: `FILE COUNT`. */
import { demoNetwork, openConfiguration } from '../../src/main.ts';
import { filledBefore } from '../bench/gateway/filled-before.ts';

const [file = '', count = '0'] = process.argv.slice(2);
const configured = await openConfiguration({ network: demoNetwork });
if (!configured.ok) throw new Error(JSON.stringify(configured.issues));
await filledBefore(configured.value, file, Number(count));
