import type { Command } from 'commander';
import { openLog } from '../main/log.ts';
import { printIssues } from '../main/print-issues.ts';
import { demoNetwork, openDeciding, openStore, run } from '../main.ts';

type Options = {
  readonly network: string;
  readonly port: string;
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
    .option('--port <port>', 'port to listen on', '8080')
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--store <store>', 'sqlite:FILE', 'sqlite:mgn-gateway.db')
    .option('--base-url <url>', "FHIR base under which partners reach it; the network's own when absent")
    .action(async (options: Options) => {
      const deciding = await openDeciding(options);
      const store = deciding.ok ? await openStore(options.store) : deciding;
      if (!deciding.ok || !store.ok) {
        process.stderr.write(`The gateway does not start.\n${printIssues(options.network, store.issues).join('\n')}\n`);
        process.exitCode = 1;
        return;
      }
      const log = openLog();
      const running = await run(deciding.value, store.value, {
        port: Number(options.port),
        hostname: options.host,
        log,
      });
      log.info({ step: 'serve', outcome: 'listening', because: `port ${running.port}, store ${options.store}` });
      const stop = async () => {
        await running.stop();
        log.info({ step: 'serve', outcome: 'stopped' });
      };
      process.once('SIGINT', stop);
      process.once('SIGTERM', stop);
    });
};
