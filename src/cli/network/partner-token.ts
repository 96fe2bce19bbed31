import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isSeq, parseDocument, type YAMLMap } from 'yaml';
import { isDemo } from '../../directory/index.ts';
import { issue } from '../../fhir/issue.ts';
import { failure, type Result, success } from '../../fhir/result.ts';
import { whileLocked } from './file-lock.ts';

export type MadeToken = { readonly token: string; readonly expires: string; readonly file: string };

const day = 86_400_000;

/**
 * A static token for a partner of a network on this computer: its hash and its end are added to partners.yaml, whose comments stay; the
 * token itself is nowhere. One at a time: others wait for it, so that no token is lost. Issues: `config-unreadable`,
 * `operations-partner-unknown`, `static-tokens-outside-demo`, `operations-changed` when an editor changed the file meanwhile.
 */
export function addToken(network: string, partner: string, wish: Wish): Result<MadeToken> {
  const file = join(network, 'partners.yaml');
  const there = textOf(file);
  return there.ok ? whileLocked(file, () => addTo(file, network, partner, wish)) : there;
}

type Wish = { readonly days: number; readonly comment: string; readonly now: Date };

function addTo(file: string, network: string, partner: string, { days, comment, now }: Wish): Result<MadeToken> {
  const texts = [join(network, 'network.yaml'), file].map(textOf);
  const missing = texts.flatMap((it) => it.issues);
  if (missing.length) return failure(...missing);
  const [settings, partners] = texts.map((it) => (it.ok ? it.value : ''));
  const baseUrl = String(parseDocument(settings ?? '').get('base-url') ?? '');
  if (!isDemo({ baseUrl })) return failure(issue('static-tokens-outside-demo', { partner }));
  const document = parseDocument(partners ?? '');
  const list = document.get('partners');
  const found = isSeq(list)
    ? list.items.find((it): it is YAMLMap => isMap(it) && String(it.get('id')) === partner)
    : undefined;
  if (!found) return failure(issue('operations-partner-unknown', {}));
  const token = randomBytes(32).toString('base64url');
  const expires = new Date(now.getTime() + days * day).toISOString();
  const entry = { sha256: createHash('sha256').update(token).digest('hex'), expires, comment };
  const tokens = found.get('tokens');
  if (isSeq(tokens)) tokens.add(document.createNode(entry));
  else found.set('tokens', document.createNode([entry]));
  return replaced(file, partners ?? '', document.toString({ lineWidth: 0 }))
    ? success({ token, expires, file })
    : failure(issue('operations-changed', {}));
}

/** False when the file is not what was read any more. A new name that nobody can foresee: no link is followed. */
function replaced(file: string, before: string, after: string): boolean {
  const next = `${file}.${randomBytes(8).toString('hex')}.new`;
  try {
    writeFileSync(next, after, { mode: statSync(file).mode, flag: 'wx' });
    if (readFileSync(file, 'utf8') !== before) return false;
    renameSync(next, file);
    return true;
  } finally {
    rmSync(next, { force: true });
  }
}

function textOf(file: string): Result<string> {
  try {
    return success(readFileSync(file, 'utf8'));
  } catch (why) {
    return failure(issue('config-unreadable', { file, problem: (why as NodeJS.ErrnoException).code ?? 'error' }));
  }
}
