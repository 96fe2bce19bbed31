import type { Command } from 'commander';
import { type Issue, issue } from '../fhir/issue.ts';
import { openLog } from '../main/log.ts';
import { printIssues } from '../main/print-issues.ts';
import { demoNetwork, openDeciding, openStore, run } from '../main.ts';
import { httpUrl, type Language, languageOption, portOption } from './options.ts';

type Options = {
  readonly network: string;
  readonly port: number;
  readonly language: Language;
  readonly host: string;
  readonly store: string;
  readonly baseUrl?: string;
};

/** `mgn serve`: the gateway, until SIGINT or SIGTERM. */
export const registerServe = (program: Command): void => {
  program
    .command('serve')
    .description('run the gateway; without options the demo network on the embedded store')
    .option('--network <dir>', 'folder of the network', demoNetwork)
    .addOption(portOption('port to listen on'))
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--store <store>', 'sqlite:FILE', 'sqlite:mgn-gateway.db')
    .option('--base-url <url>', "FHIR base under which partners reach it; the network's own when absent", httpUrl)
    .addOption(languageOption())
    .action(async (options: Options) => {
      const deciding = await openDeciding(options);
      const store = deciding.ok ? await openStore(options.store) : deciding;
      if (!deciding.ok || !store.ok) {
        refuse(deciding.ok ? '--store' : options.network, store.issues, options.language);
        return;
      }
      const log = openLog();
      const { port, host: hostname } = options;
      const running = await run(deciding.value, store.value, { port, hostname, log }).catch(
        (error: unknown) => error as NodeJS.ErrnoException,
      );
      if (running instanceof Error) {
        if (running.syscall !== 'listen') throw running;
        await store.value.close();
        const taken = issue('port-unavailable', { port, problem: running.code ?? running.name });
        refuse(hostname, [taken], options.language);
        return;
      }
      log.info({ step: 'serve', outcome: 'listening', because: `port ${running.port}, store ${options.store}` });
      const stop = async () => {
        await running.stop();
        log.info({ step: 'serve', outcome: 'stopped' });
      };
      process.once('SIGINT', stop);
      process.once('SIGTERM', stop);
    });
};

const doesNotStart = { en: 'The gateway does not start.', nl: 'De gateway start niet.' };

function refuse(where: string, issues: readonly Issue[], language: Language): void {
  process.stderr.write(`${[doesNotStart[language], ...printIssues(where, issues, language)].join('\n')}\n`);
  process.exitCode = 1;
}
