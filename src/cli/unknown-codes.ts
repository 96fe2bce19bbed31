import type { Command } from 'commander';
import { type UnknownCodeLine, unknownCodeList } from '../exchange/maps/unknown-codes.ts';
import { printIssues } from '../main/print-issues.ts';
import { demoNetwork, openConfiguration, openStoreToRead } from '../main.ts';

/** `mgn unknown-codes`: codes in messages that no table contains. Reads the store next to a running gateway. */
export const registerUnknownCodes = (program: Command): void => {
  program
    .command('unknown-codes')
    .description('list the codes that no table contains, and the messages with them; no personal data')
    .option('--network <dir>', 'folder of the network', demoNetwork)
    .option('--store <store>', 'sqlite:FILE or postgres://…', 'sqlite:mgn-gateway.db')
    .option('--json', 'one JSON object per line')
    .action(async (options: { readonly network: string; readonly store: string; readonly json?: boolean }) => {
      const deciding = await openConfiguration(options);
      const store = deciding.ok ? await openStoreToRead(options.store) : deciding;
      if (!deciding.ok || !store.ok) {
        process.stderr.write(`${printIssues(options.network, store.issues).join('\n')}\n`);
        process.exitCode = 1;
        return;
      }
      const lines = await unknownCodeList({ store: store.value, maps: deciding.value.maps });
      for (const it of lines) process.stdout.write(`${options.json ? JSON.stringify(it) : textOf(it)}\n`);
      if (!options.json) process.stdout.write(`${lines.length} unknown\n`);
      await store.value.close();
    });
};

const textOf = ({
  map,
  table,
  system,
  code,
  handling,
  count,
  firstSeen,
  lastSeen,
  messages,
}: UnknownCodeLine): string =>
  [
    `${table}  ${system ? `${system}|` : ''}${code ?? '(no code: see the message)'}  ${handling}  ${count}x`,
    ...(map ? [`  map ${map}`] : []),
    `  from ${firstSeen.toISOString()} to ${lastSeen.toISOString()}`,
    `  in ${messages.join(', ')}${count > messages.length ? ' and earlier ones' : ''}`,
  ].join('\n');
