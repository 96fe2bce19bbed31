/**
 * Deliveries in a thread of a process of its own, until it is killed.
 *   node test/support/delivery/delivery-process.ts FILE BASE
 */
import { openDeliveryThread } from '../../../src/main/delivery/open-thread.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { hasty } from './test-worker.ts';

const [file = '', base = ''] = process.argv.slice(2);
const store = await openSqliteStore(file);
await openDeliveryThread({
  link: store.link!(),
  standing: {
    network: 'Netwerk',
    addressRules: { plainHttp: new Set<string>(), named: [], loopback: true },
    partners: new Map([['a', { name: 'a', addresses: [{ url: base }] }]]),
  },
  settings: { ...hasty, lease: 300 },
  log: () => {},
  died: (why) => {
    throw why;
  },
});
