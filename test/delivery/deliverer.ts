/**
 * A delivery worker in a process of its own, until it is killed.
 *   node test/delivery/deliverer.ts FILE BASE
 */
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { deliverTo } from './running.ts';

const [file = '', base = ''] = process.argv.slice(2);
deliverTo(await openSqliteStore(file), { a: { base } }, { settings: { lease: 300 } });
