import type { Network } from '../directory/index.ts';

/**
 * Tokens with which the gateway authenticates at partners, by partner id, from the environment variables in
 * partners.yaml (`delivery-token-from`): secrets are never in a file. Throws when a variable is not set, because every
 * delivery to that partner would be refused.
 */
export function deliveryTokens(
  { partners, settings }: Network,
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  const tokens = [...partners.values()].flatMap(({ id, deliveryTokenFrom }) =>
    deliveryTokenFrom ? [{ id, name: deliveryTokenFrom, token: environment[deliveryTokenFrom] }] : [],
  );
  const forNotifications = [...partners.values()].flatMap(({ id, notificationTokenFrom: name }) =>
    name ? [{ id, name, token: environment[name] }] : [],
  );
  const missing = [...tokens, ...forNotifications]
    .filter(({ token }) => !token)
    .map(({ id, name }) => `${name} (partner ${id})`);
  if (missing.length)
    throw new Error(
      `partners.yaml takes delivery tokens from environment variables that are not set: ${missing.join(', ')}. Set them and start again.`,
    );
  const others = sourcesOfSecrets(settings).filter(([name]) => !environment[name]);
  if (others.length)
    throw new Error(
      `network.yaml takes tokens from environment variables that are not set: ${others.map(([name, user]) => `${name} (${user})`).join(', ')}. Set them and start again.`,
    );
  const login = settings.people?.provider?.authentication;
  if (login?.kind === 'key' && !isPrivateKey(environment[login.from] ?? ''))
    throw new Error(`${login.from} (login of people) is no private key as JWK. Set it and start again.`);
  return new Map(tokens.map(({ id, token }) => [id, token!]));
}

/** Tokens for the notification endpoints that partners.yaml lists for a partner (`notification-token-from`), by partner id. */
export const notificationTokens = (
  { partners }: Network,
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> =>
  new Map(
    [...partners.values()].flatMap(({ id, notificationTokenFrom: name }) => {
      const token = name && environment[name];
      return token ? [[id, token] as const] : [];
    }),
  );

const sourcesOfSecrets = ({
  directorySources,
  terminology,
  consentSource,
  people,
  monitoring,
}: Network['settings']): readonly (readonly [string, string])[] => [
  ...directorySources.flatMap(({ id, tokenFrom }) =>
    tokenFrom ? [[tokenFrom, `directory source ${id}`] as const] : [],
  ),
  ...(terminology?.tokenFrom ? [[terminology.tokenFrom, 'terminology server'] as const] : []),
  ...(consentSource?.tokenFrom ? [[consentSource.tokenFrom, 'consent source'] as const] : []),
  ...(people?.provider ? [[people.provider.authentication.from, 'login of people'] as const] : []),
  ...(monitoring.tokenFrom ? [[monitoring.tokenFrom, 'scraper of metrics'] as const] : []),
];

/** Whether a text is a JSON Web Key with a private part. The text itself is never repeated. */
function isPrivateKey(text: string): boolean {
  try {
    const { kty, d } = JSON.parse(text) as { readonly kty?: unknown; readonly d?: unknown };
    return typeof kty === 'string' && typeof d === 'string';
  } catch {
    return false;
  }
}
