import {
  type Authenticate,
  accessTokens,
  attempts,
  authenticator,
  clientKeys,
  clientsOf,
  cookieNames,
  draftsIn,
  namesOf,
  nonces,
  openProvider,
  ownTokens,
  type People,
  peopleOf,
  presentationDouble,
  proofs,
  type ReadDocument,
  sessionsIn,
  staticTokens,
  type TokenEndpoint,
  tokenEndpoint,
  usedOnce,
  withPeople,
} from '../access/index.ts';
import { isDemo, type Network, type ProviderSettings } from '../directory/index.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { isLoopbackHost } from '../outbound/address.ts';
import type { Store } from '../store/port.ts';
import type { World } from '../world.ts';

export type LoginParts = {
  readonly network: () => Network;
  readonly store: Pick<
    Store,
    | 'keyFor'
    | 'lease'
    | 'addSession'
    | 'session'
    | 'changeSession'
    | 'endSessions'
    | 'addDraft'
    | 'draft'
    | 'draftsOf'
    | 'changeDraft'
    | 'removeDraft'
  >;
  readonly world: World;
  readonly readDocument: ReadDocument;
  /** Requests to the provider at which people log in. */
  readonly send: Parameters<typeof openProvider>[0]['send'];
  readonly report?: (fault: unknown, where: string) => void;
};

/** The verifiers of tokens, and the endpoint that issues them, for one configuration. */
export function openLogin({ network, store, world, readDocument, send, report = () => {} }: LoginParts): {
  readonly authenticate: Authenticate;
  readonly tokenEndpoint: TokenEndpoint;
  readonly people: People;
} {
  const { partners, settings } = network();
  const clients = clientsOf(partners.values());
  const tokens = accessTokens((purpose) => store.keyFor(purpose));
  const once = usedOnce(store, world.newId);
  const proofsOfKeys = proofs({ nonces: nonces(store.keyFor('dpop-nonce')), once });
  const addressOf = publicAddress(settings.baseUrl);
  const names = (partner: Parameters<typeof namesOf>[1]) => namesOf(network(), partner);
  const people = peopleOf({
    who: { people: settings.people, partners, isDemo: isDemo(settings) },
    provider:
      settings.people?.provider &&
      providerOf(settings.people.provider, {
        addressOf,
        send,
        now: world.now,
        report: (fault) => report(fault, 'login'),
      }),
    sessions: sessionsIn(store, () => settings.people?.sessions),
    drafts: draftsIn(store),
    cookies: cookieNames(settings.baseUrl),
    once,
    baseUrl: settings.baseUrl,
    pendingKey: store.keyFor('login-pending'),
  });
  const systems = authenticator({
    verifiers: [ownTokens(tokens, clients), staticTokens(isDemo(settings) ? partners.values() : [])],
    proofs: proofsOfKeys,
    addressOf,
    namesOf: names,
  });
  return {
    people,
    authenticate: withPeople(systems, people),
    tokenEndpoint: tokenEndpoint({
      clients,
      keys: clientKeys(readDocument),
      once,
      audience: addressOf('/oauth2/token'),
      tokens,
      proofs: proofsOfKeys,
      attempts: attempts(),
      presentations: presentationDouble(isDemo(settings) ? settings.trustedIssuers : []),
      namesOf: names,
    }),
  };
}

/** The secret is in the environment; that it is there was checked before (`config-secret-missing`). */
const providerOf = (
  settings: ProviderSettings,
  parts: Omit<Parameters<typeof openProvider>[0], 'settings' | 'secret'>,
): NonNullable<People['provider']> =>
  openProvider({ ...parts, settings, secret: process.env[settings.authentication.from] ?? '' });

/** Paths of the gateway as partners see them: what is beside /fhir here is beside the FHIR base there. */
function publicAddress(baseUrl: string): (path: string) => string {
  const root = baseUrl.endsWith('/fhir') ? baseUrl.slice(0, -'/fhir'.length) : new URL(baseUrl).origin;
  return (path) => (/^\/fhir(?:\/|$)/.test(path) ? baseUrl + path.slice('/fhir'.length) : root + path);
}

/**
 * Whether others could reach a demo network, whose tokens are published and whose people log in without proof. Issue, a warning: `static-tokens-reachable`, for an
 * address to listen on that is not of this machine only.
 */
export const reachableDemo = (
  { partners, settings }: Pick<Network, 'partners' | 'settings'>,
  host: string,
): readonly Issue[] =>
  isLoopbackHost(host) ||
  !(settings.people?.demoPersons.length || [...partners.values()].some(({ tokens }) => tokens.length))
    ? []
    : [issue('static-tokens-reachable', { host })];

/**
 * Logins that are for a demo network only. Issues: `static-tokens-outside-demo`, `presentations-outside-demo`, one for each
 * partner; `demo-persons-outside-demo`.
 */
export const demoLogins = ({ partners, settings }: Pick<Network, 'partners' | 'settings'>): readonly Issue[] =>
  isDemo(settings)
    ? []
    : [
        ...[...partners.values()].flatMap(({ id, tokens, logins }) => [
          ...(tokens.length ? [issue('static-tokens-outside-demo', { partner: id })] : []),
          ...(logins.some(({ kind }) => kind === 'presentation')
            ? [issue('presentations-outside-demo', { partner: id })]
            : []),
        ]),
        ...(settings.people?.demoPersons.length ? [issue('demo-persons-outside-demo', {})] : []),
      ];
