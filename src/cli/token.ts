import { randomUUID } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type Issue, issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { printIssues } from '../main/print-issues.ts';
import { requestOnce } from '../outbound/client.ts';
import { networkFolders } from './network/folders.ts';
import { addToken } from './network/partner-token.ts';
import { httpUrl, type Language, languageOption } from './options.ts';

type KeyOptions = { readonly alg: 'ES384' | 'RS384'; readonly out: string; readonly language: Language };
type PartnerOptions = {
  readonly network?: string;
  readonly days: number;
  readonly comment: string;
  readonly language: Language;
};

function daysIn(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('Use a number of days from 1 to 9999.');
  return Number(text);
}

function tokenForPartner(partner: string | undefined, { network, days, comment, language }: PartnerOptions): void {
  if (partner === undefined || network === undefined)
    throw new Error(
      'Name a partner and its network: mgn token PARTNER --network DIR; or use mgn token keys, mgn token get.',
    );
  const made = addToken(networkFolders(network).network, partner, { days, comment, now: new Date() });
  if (!made.ok) {
    refuse(network, made.issues, language);
    return;
  }
  const { token, expires, file } = made.value;
  process.stdout.write(`${token}\n`);
  process.stderr.write(`${madeText(partner, expires, file)[language]}\n`);
}

const madeText = (partner: string, expires: string, file: string) => ({
  en: `Token of ${partner} until ${expires}. It is shown once; ${file} has its hash. Restart the gateway, or activate the configuration.`,
  nl: `Token van ${partner} tot ${expires}. Het is één keer te zien; ${file} heeft de hash. Start de gateway opnieuw, of activeer de configuratie.`,
});

type GetOptions = {
  readonly gateway: string;
  readonly client: string;
  readonly key: string;
  readonly scope: string;
  readonly language: Language;
};

/** `mgn token`: what a vendor needs to log in with SMART Backend Services (docs/guide/login.md). */
export const registerToken = (program: Command): void => {
  const token = program
    .command('token')
    .description(
      'tokens: one for a partner of a network on this computer; keys and access tokens of SMART Backend Services',
    )
    .argument('[partner]', 'id of a partner: make a token for it, show it once, and add its hash to partners.yaml')
    .option('--network <dir>', 'folder of the network; never that of the product')
    .addOption(new Option('--days <days>', 'days until it expires').default(90).argParser(daysIn))
    .option('--comment <text>', 'who has it, in partners.yaml; no personal data', 'made by mgn token')
    .addOption(languageOption())
    .action((partner: string | undefined, options: PartnerOptions) => tokenForPartner(partner, options));
  token
    .command('keys')
    .description(
      'make a key pair: private-key.json, which stays secret, and jwks.json, for partners.yaml or a jwks-url',
    )
    .option('--out <dir>', 'folder for the two files, which must not exist yet', '.')
    .addOption(new Option('--alg <alg>', 'algorithm of the key').choices(['ES384', 'RS384']).default('ES384'))
    .addOption(languageOption())
    .action(async ({ alg, out, language }: KeyOptions) => {
      const made = await writeKeys(alg, out);
      if (!made.ok) return refuse(out, made.issues, language);
      process.stdout.write(`${made.value.join('\n')}\n`);
    });
  token
    .command('get')
    .description('request an access token from a gateway, and print it')
    .requiredOption('--gateway <url>', 'FHIR base of the gateway, such as http://localhost:8080/fhir', httpUrl)
    .requiredOption('--client <id>', 'client id, by default the id of the partner')
    .requiredOption('--key <file>', 'private key as JSON Web Key with kid and alg, as mgn token keys writes it')
    .option('--scope <scopes>', 'scopes, separated by spaces', 'system/*.cruds')
    .addOption(languageOption())
    .action(async (options: GetOptions) => {
      const got = await getToken(options);
      if (!got.ok) return refuse(options.gateway, got.issues, options.language);
      process.stdout.write(`${got.value}\n`);
    });
};

function refuse(where: string, issues: readonly Issue[], language: Language): void {
  process.stderr.write(`${printIssues(where, issues, language).join('\n')}\n`);
  process.exitCode = 1;
}

/** Issue: `token-key-not-written`, for example because a file exists: a key is never overwritten. */
async function writeKeys(alg: 'ES384' | 'RS384', out: string): Promise<Result<readonly string[]>> {
  const { calculateJwkThumbprint, exportJWK, generateKeyPair } = await import('jose');
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true, modulusLength: 3072 });
  const published = await exportJWK(publicKey);
  const named = { kid: await calculateJwkThumbprint(published), alg, use: 'sig' };
  const files = [
    [join(out, 'private-key.json'), { ...(await exportJWK(privateKey)), ...named }, 0o600],
    [join(out, 'jwks.json'), { keys: [{ ...published, ...named }] }, 0o644],
  ] as const;
  try {
    await mkdir(out, { recursive: true });
    for (const [file, content, mode] of files)
      await writeFile(file, `${JSON.stringify(content, null, 2)}\n`, { mode, flag: 'wx' });
  } catch (error) {
    const { code, path = out } = error as NodeJS.ErrnoException;
    return failure(issue('token-key-not-written', { file: path, problem: code ?? 'error' }));
  }
  return success(files.map(([file]) => file));
}

/** Issues: `config-unreadable`, `login-keys-invalid`, `gateway-unreachable`, `token-not-issued`. */
async function getToken({ gateway, client, key, scope }: GetOptions): Promise<Result<string>> {
  const { importJWK, SignJWT } = await import('jose');
  const text = await readFile(key, 'utf8').catch((error: NodeJS.ErrnoException) => error);
  if (text instanceof Error) return failure(issue('config-unreadable', { file: key, problem: text.code ?? 'error' }));
  const jwk = parsed(text);
  const { kid, alg } = jwk;
  const signing = kid && alg && jwk.d ? await importJWK(jwk, alg).catch(() => undefined) : undefined;
  if (!signing || !kid || !alg)
    return failure(issue('login-keys-invalid', { file: key, path: 'the file', problem: 'no-private-key' }));
  try {
    const found = await requestOnce(`${gateway}/.well-known/smart-configuration`, { method: 'GET', headers: {} });
    const endpoint = parsed(found.text).token_endpoint;
    if (!endpoint) return failure(issue('token-not-issued', { problem: `${found.status}, no SMART configuration` }));
    const now = Math.floor(Date.now() / 1000);
    const assertion = await new SignJWT({
      iss: client,
      sub: client,
      aud: endpoint,
      iat: now,
      exp: now + 120,
      jti: randomUUID(),
    })
      .setProtectedHeader({ alg, kid, typ: 'JWT' })
      .sign(signing);
    const answer = await requestOnce(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      }).toString(),
    });
    const { access_token: token, error, error_description: description } = parsed(answer.text);
    if (token) return success(token);
    return failure(
      issue('token-not-issued', { problem: [error ?? answer.status, description].filter(Boolean).join('; ') }),
    );
  } catch (error) {
    const { code, name } = error as NodeJS.ErrnoException;
    return failure(issue('gateway-unreachable', { problem: code ?? name, requestId: '-' }));
  }
}

function parsed(text: string): Readonly<Partial<Record<string, string>>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, string>>) : {};
  } catch {
    return {};
  }
}
