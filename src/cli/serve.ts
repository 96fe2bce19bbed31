import type { Command } from 'commander';
import { short } from '../configuration/index.ts';
import { isDemo } from '../directory/index.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { besideStore, generateKeys, keyRingFor } from '../main/key-ring.ts';
import { endingWithLine } from '../main/last-words.ts';
import { faultOf, type Log, openLog } from '../main/log.ts';
import { reachableDemo } from '../main/login.ts';
import { printIssues } from '../main/print-issues.ts';
import { signerIn } from '../main/signing-key.ts';
import { readTlsSettings } from '../main/tls/settings.ts';
import { openTls, type Tls } from '../main/tls/tls.ts';
import { type Configuration, demoNetwork, openConfigurationToStart, openStore, printedStore, run } from '../main.ts';
import { storeIssue } from '../store/opening-issue.ts';
import { remedies } from '../store/store-problem.ts';
import { networkFolders } from './network/folders.ts';
import { httpUrl, type Language, languageOption, portOption } from './options.ts';

type Options = {
  readonly network: string;
  readonly mappings?: string;
  readonly port: number;
  readonly language: Language;
  readonly host: string;
  readonly store: string;
  readonly baseUrl?: string;
  readonly tls?: string;
};

/** `mgn serve`: the gateway, until SIGINT or SIGTERM. */
export const registerServe = (program: Command): void => {
  program
    .command('serve')
    .description('run the gateway; without options the demo network on the embedded store')
    .option('--network <dir>', 'folder of the network', demoNetwork)
    .option(
      '--mappings <dir>',
      'its own mappings: routes, forms, maps; by default those beside it, else of the product',
    )
    .addOption(portOption('port to listen on'))
    .option('--host <host>', 'address to listen on', '127.0.0.1')
    .option('--store <store>', 'sqlite:FILE or postgres://…', 'sqlite:mgn-gateway.db')
    .option('--base-url <url>', "FHIR base at which partners reach it; by default the network's own", httpUrl)
    .option('--tls <file>', 'tls.yaml: certificate, client CAs and revocation lists, or the proxy that ends TLS')
    .addOption(languageOption())
    .action(async (options: Options) => {
      const log = openLog();
      endingWithLine(log);
      const tls = options.tls ? await openTlsOf(options.tls, log) : undefined;
      if (tls && !tls.ok) return refuse(options.tls ?? '', tls.issues, options.language);
      const opening = { died: endWith(log, 'store', remedies.ended) };
      const hadKeys = hasKeys(options.store);
      let store = await openStore(options.store, opening);
      // another gateway of the demo made them meanwhile
      if (!store.ok && !hadKeys && hasKeys(options.store)) store = await openStore(options.store, opening);
      const configuredIn = { ...options, ...networkFolders(options.network, options.mappings) };
      let chosen = store.ok ? await openConfigurationToStart(configuredIn, store.value) : store;
      const keys =
        chosen.ok && !hadKeys ? keysToStart(options.store, chosen.value.configured) : success('ready' as const);
      if (!keys.ok) chosen = keys;
      if (keys.ok && keys.value === 'generated' && store.ok) {
        await store.value.close();
        store = await openStore(options.store, opening);
        if (!store.ok) chosen = store;
      }
      if (!store.ok || !chosen.ok) {
        if (store.ok) await store.value.close();
        await tls?.value.stop();
        refuse(store.ok ? options.network : '--store', chosen.issues, options.language);
        return;
      }
      const signer = signerIn(process.env);
      if (!signer.ok) {
        await store.value.close();
        refuse('MGN_SIGNING_KEY', signer.issues, options.language);
        return;
      }
      if (!signer.value) log.info({ step: 'sign-journal', outcome: 'new key', because: noSigningKey });
      const { configured, folders } = chosen.value;
      if (chosen.issues.length)
        process.stderr.write(`${printIssues(options.network, chosen.issues, options.language).join('\n')}\n`);
      for (const line of printIssues('--host', reachableDemo(configured.network, options.host), options.language))
        process.stderr.write(`${line}\n`);
      const differ = folders === 'other' ? { folders } : {};
      if (folders === 'other')
        process.stderr.write(`${notTheFolders(short(configured.configuration))[options.language]}\n`);
      const { port, host: hostname } = options;
      const deliveryDied = endWith(
        log,
        'deliver',
        'The thread of deliveries has ended. The gateway ends too: start it again.',
      );
      const running = await run(configured, store.value, {
        port,
        hostname,
        log,
        deliverIn: 'thread',
        refusesWhenBusy: true,
        deliveryDied,
        ...differ,
        ...(signer.value ? { signer: signer.value } : {}),
        ...(tls ? { tls: tls.value } : {}),
      }).catch((error: unknown) => error as NodeJS.ErrnoException);
      if (running instanceof Error) {
        await store.value.close();
        const failed = storeIssue(running, printedStore(options.store));
        if (failed) {
          refuse('--store', [failed], options.language);
          process.exit(1); // parts of the gateway have started
        }
        if (running.syscall !== 'listen') throw running;
        const taken = issue('port-unavailable', { port, problem: running.code ?? running.name });
        refuse(hostname, [taken], options.language);
        return;
      }
      log.info({
        step: 'serve',
        outcome: 'listening',
        because: `port ${running.port}, store ${printedStore(options.store)}`,
      });
      const reload = () => void tls?.value.reload();
      process.on('SIGHUP', reload);
      const stop = async () => {
        process.off('SIGHUP', reload);
        await running.stop();
        log.info({ step: 'serve', outcome: 'stopped' });
      };
      process.once('SIGINT', stop);
      process.once('SIGTERM', stop);
    });
};

async function openTlsOf(file: string, log: Log): Promise<Result<Tls>> {
  const settings = await readTlsSettings(file);
  return settings.ok ? openTls(settings.value, log) : settings;
}

const noSigningKey =
  'neither MGN_SIGNING_KEY nor MGN_SIGNING_KEY_FILE is set: heads of the journal are signed with a key of this process';

/** Time (ms) that the requests which waited for the store get to be answered. */
const lastAnswers = 500;

/** What had not been written may be written or not: only a restart knows. */
const endWith =
  (log: Log, step: 'store' | 'deliver', remedy: string) =>
  (why: Error): void => {
    // its message has a code or a name of the fault in the thread, no message of that fault
    log.error({ step, outcome: 'ended', because: `${remedy} ${why.message}`, fault: faultOf(why) });
    setTimeout(() => process.exit(1), lastAnswers);
  };

/** Also false for keys that cannot be read, with which the store does not open. */
const hasKeys = (store: string): boolean => {
  const ring = keyRingFor(store);
  return ring.ok && ring.value !== undefined;
};

/** A network that is not a demo stores nothing in clear; a demo makes a key for its store, unless another process just did. */
function keysToStart(store: string, { network }: Configuration): Result<'ready' | 'generated'> {
  if (!isDemo(network.settings)) return failure(issue('store-keys-required', { store: printedStore(store) }));
  const file = besideStore(store);
  if (file === undefined) return success('ready');
  try {
    generateKeys(file);
  } catch (why) {
    return failure(issue('store-keys-invalid', { file, problem: (why as NodeJS.ErrnoException).code ?? 'error' }));
  }
  return success('generated');
}

const notTheFolders = (digest: string) => ({
  en: `Configuration ${digest} was activated on this store and is in force; the folders contain another one, which is not. To activate that one: mgn config activate.`,
  nl: `Configuratie ${digest} is op deze opslag geactiveerd en beslist; in de mappen staat een andere, en die beslist niet. Overgaan kan met: mgn config activate.`,
});

const doesNotStart = { en: 'The gateway does not start.', nl: 'De gateway start niet.' };

function refuse(where: string, issues: readonly Issue[], language: Language): void {
  process.stderr.write(`${[doesNotStart[language], ...printIssues(where, issues, language)].join('\n')}\n`);
  process.exitCode = 1;
}
