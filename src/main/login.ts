import {
  type Authenticate,
  accessTokens,
  attempts,
  authenticator,
  clientKeys,
  clientsOf,
  namesOf,
  nonces,
  ownTokens,
  presentationDouble,
  proofs,
  type ReadDocument,
  staticTokens,
  type TokenEndpoint,
  tokenEndpoint,
  usedOnce,
} from '../access/index.ts';
import { isDemo, type Network } from '../directory/index.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import { isLoopbackHost } from '../outbound/address.ts';
import type { Store } from '../store/port.ts';
import type { World } from '../world.ts';

export type LoginParts = {
  readonly network: () => Network;
  readonly store: Pick<Store, 'keyFor' | 'lease'>;
  readonly world: World;
  readonly readDocument: ReadDocument;
};

/** The verifiers of tokens, and the endpoint that issues them, for one configuration. */
export function openLogin({ network, store, world, readDocument }: LoginParts): {
  readonly authenticate: Authenticate;
  readonly tokenEndpoint: TokenEndpoint;
} {
  const { partners, settings } = network();
  const clients = clientsOf(partners.values());
  const tokens = accessTokens((purpose) => store.keyFor(purpose));
  const once = usedOnce(store, world.newId);
  const proofsOfKeys = proofs({ nonces: nonces(store.keyFor('dpop-nonce')), once });
  const addressOf = publicAddress(settings.baseUrl);
  const names = (partner: Parameters<typeof namesOf>[1]) => namesOf(network(), partner);
  return {
    authenticate: authenticator({
      verifiers: [ownTokens(tokens, clients), staticTokens(isDemo(settings) ? partners.values() : [])],
      proofs: proofsOfKeys,
      addressOf,
      namesOf: names,
    }),
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

/** Paths of the gateway as partners see them: what is beside /fhir here is beside the FHIR base there. */
function publicAddress(baseUrl: string): (path: string) => string {
  const root = baseUrl.endsWith('/fhir') ? baseUrl.slice(0, -'/fhir'.length) : new URL(baseUrl).origin;
  return (path) => (/^\/fhir(?:\/|$)/.test(path) ? baseUrl + path.slice('/fhir'.length) : root + path);
}

/**
 * Whether others could reach a demo network, whose tokens are published. Issue, a warning: `static-tokens-reachable`, for an
 * address to listen on that is not of this machine only.
 */
export const reachableDemo = ({ partners }: Pick<Network, 'partners'>, host: string): readonly Issue[] =>
  isLoopbackHost(host) || ![...partners.values()].some(({ tokens }) => tokens.length)
    ? []
    : [issue('static-tokens-reachable', { host })];

/**
 * Logins that are for a demo network only. Issues: `static-tokens-outside-demo`, `presentations-outside-demo`, one for each
 * partner.
 */
export const demoLogins = ({ partners, settings }: Pick<Network, 'partners' | 'settings'>): readonly Issue[] =>
  isDemo(settings)
    ? []
    : [...partners.values()].flatMap(({ id, tokens, logins }) => [
        ...(tokens.length ? [issue('static-tokens-outside-demo', { partner: id })] : []),
        ...(logins.some(({ kind }) => kind === 'presentation')
          ? [issue('presentations-outside-demo', { partner: id })]
          : []),
      ]);
