import type { Command } from 'commander';
import { issue } from '../fhir/issue.ts';
import type { Store } from '../store/port.ts';
import { type DeliveryStatus, type OrderStatus, orderStatus, type TaskStatus } from '../tracker/index.ts';
import { readingStore, type StoreOptions, withStoreOptions } from './reading-store.ts';

const help = `
ORDER is the id of the order or its Task, its business identifier (system|value, or the value), or the X-Trace-Id of its
journey, which may have several orders.
Exits with 1 when it is not in the store, with 2 when the store cannot be read.`;

/** `mgn status ORDER`: Tasks, deliveries and notifications of an order. See docs/operate/running.md. */
export const registerStatus = (program: Command): void => {
  const command = program
    .command('status')
    .description('where an order is: its Tasks, and its deliveries waiting, sent and failed; no personal data')
    .argument('<order>', 'id, business identifier or trace');
  withStoreOptions(command)
    .addHelpText('after', help)
    .action((order: string, options: StoreOptions) =>
      readingStore(options, (store) => showStatus(store, order, options)),
    );
};

async function showStatus(store: Store, order: string, { json }: StoreOptions) {
  const found = await orderStatus(store, order);
  for (const it of found) process.stdout.write(`${json ? JSON.stringify(it) : textOf(it)}\n`);
  return found.length ? [] : [issue('order-not-found', {})];
}

function textOf({ order, status, sender, version, updated, traces, tasks, deliveries, notifications }: OrderStatus) {
  const states = new Map<string, number>();
  for (const { state } of deliveries) states.set(state, (states.get(state) ?? 0) + 1);
  const counts = [...states].map(([state, count]) => `${count} ${state}`).join(', ');
  return [
    `${order}  ${status}${sender ? `  from ${sender}` : ''}  version ${version} of ${updated}`,
    ...traces.map((it) => `  trace ${it}`),
    `Tasks: ${tasks.length}`,
    ...tasks.map(taskText),
    `Deliveries: ${deliveries.length ? counts : 'none'}`,
    ...deliveries.map(deliveryText),
    `Latest notifications: ${notifications.length || 'none'}`,
    ...notifications.map(deliveryText),
  ].join('\n');
}

const taskText = ({ task, status, businessStatus, verb, owner, sender, version, updated }: TaskStatus): string =>
  [
    `  ${task}  ${status}${businessStatus ? ` (${businessStatus})` : ''}  version ${version} of ${updated}`,
    `    ${[verb, owner && `owner ${owner}`, sender && `from ${sender}`].filter(Boolean).join('  ')}`.trimEnd(),
  ]
    .filter((line) => line.trim())
    .join('\n');

const deliveryText = (it: DeliveryStatus): string =>
  [
    `  ${it.state.padEnd(9)}  ${it.kind} to ${it.recipient}  created ${it.created}${it.ended ? `, ended ${it.ended}` : ''}`,
    `    ${it.dispatch}  ${it.attempts} ${it.attempts === 1 ? 'attempt' : 'attempts'}${lastAttempt(it)}`,
  ].join('\n');

const lastAttempt = ({ lastAttempt: at, lastStatus, because }: DeliveryStatus): string =>
  at ? `, last ${at}${lastStatus === undefined ? '' : ` status ${lastStatus}`}${because ? `: ${because}` : ''}` : '';
