/**
 * `npm run test:chaos`: the chaos of test/store/postgres-chaos.test.ts with 20,000 messages, or with the number and the seed
 * of the arguments: `npm run test:chaos -- 5000 7`.
 */
import { runFiles } from './support/run-files.ts';

const [messages = '20000', seed = '1'] = process.argv.slice(2);
Object.assign(process.env, { MGN_MESSAGES: messages, MGN_SEED: seed });
runFiles(['test/store/postgres-chaos.test.ts'], '--mode', 'long');
