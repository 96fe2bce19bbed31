import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Nothing permits but `decide` of src/access/decide, and no handler reads the store before it. */
const src = join(import.meta.dirname, '../../src');
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
const textOf = (file: string): string => readFileSync(join(src, file), 'utf8');
const inRooms = (...rooms: readonly string[]) => files.filter((file) => rooms.some((room) => file.startsWith(room)));
const having = (among: readonly string[], pattern: RegExp) => among.filter((file) => pattern.test(textOf(file)));

test('no file but the decision function compares the roles of a partner', () => {
  const asking = inRooms('http/', 'exchange/', 'notification/', 'watchdog/', 'exchange.ts', 'app.ts');
  // a Measure counts by who is a member
  const deciding = asking.filter((file) => !file.startsWith('exchange/measures/'));
  expect(deciding.length).toBeGreaterThan(150);
  expect(having(deciding, /roles\.(includes|some|every|indexOf)\(|'operator'|\.member === /)).toEqual([]);
});

test('a handler gets the store as its partner sees it from forReader alone, after the decision', () => {
  expect(having(inRooms('http/'), /\basSeenBy\b/)).toEqual(['http/reader.ts']);
  // the whole of it goes to nobody but these, each of which asks the decision function itself or reads no person
  expect(having(inRooms('http/'), /\bgateway\.store\b|\{[^}]*\bstore\b[^}]*\}: Gateway|const \{ store/).sort()).toEqual(
    [
      'http/admin/acting.ts', // acts of an operator, or of a partner for itself, after the decision
      'http/admin/operations.ts', // messages and deliveries without content, by an operator
      'http/admin/own.ts', // deliveries to the partner itself, by its own id
      'http/configuration.ts', // sets of configuration, by an operator
      'http/dead-letters.ts', // deliveries without content, by an operator
      'http/directory-search.ts', // the directory
      'http/directory.ts', // the directory
      'http/disclosures.ts', // the report of a person, by an operator
      'http/dry-run.ts', // a message that is not stored: each look-up names its sender
      'http/health.ts', // whether it is writable, and counts for an operator
      'http/pages/message.ts', // one message without content, by an operator
      'http/pages/messages.ts', // messages without content, by an operator
      'http/pages/start.ts', // counts, and Tasks past their deadline without content, by an operator
      'http/people/emergency.ts', // whom a resource is about, after the decision
      'http/people/login.ts', // the audit event of a login
      'http/people/logout.ts', // the audit event of a logout
      'http/reader.ts', // the audit event
      'http/search.ts', // keys of links
      'http/subscription.ts', // Subscriptions of the partner itself
    ],
  );
  const reads = /\bstore\.(read|vread|history|search|audit|messageBy\w+|messages)\(/;
  expect(having(inRooms('http/'), reads), 'none reads resources of journeys').toEqual([]);
});

/** They have no caller to decide about: a login itself, and where to log in. */
const withoutLogin = [
  ...['issueToken', 'loginDiscovery', 'acceptZgwNotification'],
  ...['beginLogin', 'finishLogin', 'logInToDemo', 'logOut', 'logOutByProvider', 'loggedOutPage', 'showSession'],
  // what the gateway publishes about itself
  ...['sendAsset', 'showFinding', 'showFindings', 'showDocs', 'showDocument', 'showDefinitions', 'showDefinition'],
  ...['showOpenApi'],
];

test('every handler of a reading interaction runs in forReader, every other one is admitted or decided on', () => {
  const handlers = textOf('http/handlers.ts');
  const imported = [...handlers.matchAll(/import \{([^}]+)\} from '(\.\/[^']+)'/g)].flatMap(
    ([, names = '', file = '']) => names.split(',').map((name) => [name.trim(), file.replace('./', 'http/')] as const),
  );
  const own = new Map(imported.filter(([name]) => name && !name.startsWith('type ')));
  const table = handlers.slice(handlers.indexOf('export function handlersFor'));
  const used = [...own].filter(([name]) => new RegExp(`\\b${name}\\b`).test(table) && !/^(reply|at)$/.test(name));
  expect(used.length).toBeGreaterThan(15);
  const passes =
    /forReader\(|forPage\(|onForm\(|onPosted\(|mayPartner\(|replyAnswer\(context, await|\bsubscribe\(gateway|receiveNotification|acceptIntake|capabilityStatement/;
  expect(
    used
      .filter(([, file]) => !passes.test(textOf(file)))
      .map(([name]) => name)
      .sort(),
  ).toEqual(['dryRunsOf', ...withoutLogin].sort());
  expect(textOf('http/pages/draft-form.ts'), 'onForm and onPosted').toMatch(/onForm = [^;]*forPage\(/s);
});

test('what changes or sends asks who may: the role of a sender, the relation of a mover', () => {
  expect(having(inRooms('exchange/'), /\bmayPartner\(/).sort()).toEqual([
    'exchange/appointment/appointment.ts',
    'exchange/consent/withdraw-consent.ts',
    'exchange/explain/explain-order.ts',
    'exchange/explain/order-envelope.ts',
    'exchange/memory/as-seen.ts',
    'exchange/move/move.ts',
    'exchange/order-then-task.ts',
    'exchange/project/project.ts',
    'exchange/reading/acting.ts',
    'exchange/sender/check-sender.ts',
    'exchange/waiting-times/update-service.ts',
  ]);
  expect(
    having(inRooms('exchange/'), /\bmayHold\b[^}]*\} from '[./]+\/access\//).sort(),
    'the end of a right to read',
  ).toEqual(['exchange/consent/depends-on-consent.ts', 'exchange/memory/right-to-read.ts']);
});

test('the decision function is pure: it imports nothing but its own types', () => {
  const imports = ['decide', 'denials', 'question', 'rule', 'rules'].flatMap((file) =>
    [...textOf(`access/decide/${file}.ts`).matchAll(/from '([^']+)'/g)].map(([, path]) => path),
  );
  expect(new Set(imports)).toEqual(new Set(['./denials.ts', './question.ts', './rule.ts', './rules.ts']));
});
