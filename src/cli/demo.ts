import type { Command } from 'commander';
import { playDemo } from '../demo.ts';
import { type Language, languageOption, portOption } from './options.ts';

/** `mgn demo`: a gateway, partner systems on loopback, and the course of a referral. */
export const registerDemo = (program: Command): void => {
  program
    .command('demo')
    .description(
      'gateway plus simulated partner systems on loopback; plays the story of a referral and prints each step',
    )
    .option('--exit', 'exit after the story; 1 when it did not end as expected')
    .addOption(portOption('port of the gateway; another one when it is taken'))
    .addOption(languageOption())
    .action(async (options: { exit?: boolean; port: number; language: Language }) => {
      process.exitCode = await playDemo({
        exit: options.exit === true,
        port: options.port,
        language: options.language,
        print: (line) => process.stdout.write(`${line}\n`),
      });
    });
};
