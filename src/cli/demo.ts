import type { Command } from 'commander';
import { playDemo } from '../demo.ts';

/** `mgn demo`: a gateway, partner systems on loopback, and the story of a referral. */
export const registerDemo = (program: Command): void => {
  program
    .command('demo')
    .description(
      'gateway plus simulated partner systems on loopback; plays the story of a referral and prints each step',
    )
    .option('--exit', 'end after the story; exit 1 when it did not end as it should')
    .option('--port <port>', 'port of the gateway', '8080')
    .option('--language <language>', 'en or nl', 'en')
    .action(async (options: { exit?: boolean; port: string; language: 'en' | 'nl' }) => {
      process.exitCode = await playDemo({
        exit: options.exit === true,
        port: Number(options.port),
        language: options.language,
        print: (line) => process.stdout.write(`${line}\n`),
      });
    });
};
