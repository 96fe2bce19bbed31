import type { Command } from 'commander';
import { printIssues } from '../main/print-issues.ts';
import { networkInForce } from '../main/stored-set.ts';
import { demoNetwork, openStoreToRead, world } from '../main.ts';
import { type SilentLine, silentList } from '../watchdog/index.ts';

/**
 * `mgn silent`: Tasks past their deadline, with the telephone number of the owner. Reads the store next to a running
 * gateway.
 */
export const registerSilent = (program: Command): void => {
  program
    .command('silent')
    .description('list Tasks past their deadline, with owner and telephone; no personal data')
    .option('--network <dir>', 'folder of the network', demoNetwork)
    .option('--store <store>', 'sqlite:FILE or postgres://…', 'sqlite:mgn-gateway.db')
    .option('--json', 'one JSON object per line')
    .action(async (options: { readonly network: string; readonly store: string; readonly json?: boolean }) => {
      const store = await openStoreToRead(options.store);
      const network = store.ok ? await networkInForce(store.value, options.network) : store;
      if (!store.ok || !network.ok) {
        process.stderr.write(`${printIssues(options.network, network.issues).join('\n')}\n`);
        process.exitCode = 1;
        return;
      }
      const lines = await silentList({ store: store.value, network: network.value }, world.now());
      for (const it of lines) process.stdout.write(`${options.json ? JSON.stringify(it) : textOf(it)}\n`);
      if (!options.json) process.stdout.write(`${lines.length} past a deadline\n`);
      await store.value.close();
    });
};

const textOf = ({ task, useCase, priority, status, owner, phone, since, passed }: SilentLine): string =>
  [
    `${task}  ${useCase}  ${priority}  ${status} since ${since.toISOString()}`,
    `  owner ${owner}${phone ? `, ${phone}` : ''}`,
    ...passed.map(({ rule, due, raised }) => `  ${rule}: due ${due.toISOString()}${raised ? ', raised' : ''}`),
  ].join('\n');
