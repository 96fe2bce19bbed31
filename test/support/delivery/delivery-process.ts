/**
 * A delivery worker in a process of its own, until it is killed.
 *   node test/support/delivery/delivery-process.ts FILE BASE
 */
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { deliverTo } from './test-worker.ts';

const [file = '', base = ''] = process.argv.slice(2);
deliverTo(await openSqliteStore(file), { a: { base } }, { settings: { lease: 300 } });
