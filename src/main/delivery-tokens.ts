import type { Network } from '../directory/index.ts';

/**
 * The tokens by which partners know the gateway, from the environment variables that partners.yaml names
 * (`delivery-token-from`): a secret stands in no file. Throws when one is named and not there: deliveries would be
 * refused one by one instead.
 */
export function deliveryTokens(
  { partners, settings }: Network,
  environment: Readonly<Record<string, string | undefined>>,
): ReadonlyMap<string, string> {
  const wanted = [...partners.values()].flatMap(({ id, deliveryTokenFrom }) =>
    deliveryTokenFrom ? [{ id, name: deliveryTokenFrom, token: environment[deliveryTokenFrom] }] : [],
  );
  const missing = wanted.filter(({ token }) => !token).map(({ id, name }) => `${name} (partner ${id})`);
  if (missing.length)
    throw new Error(
      `partners.yaml takes delivery tokens from environment variables that are not set: ${missing.join(', ')}. Set them and start again.`,
    );
  const others = sourcesOfSecrets(settings).filter(([name]) => !environment[name]);
  if (others.length)
    throw new Error(
      `network.yaml takes tokens from environment variables that are not set: ${others.map(([name, user]) => `${name} (${user})`).join(', ')}. Set them and start again.`,
    );
  return new Map(wanted.map(({ id, token }) => [id, token!]));
}

const sourcesOfSecrets = ({
  directorySources,
  terminology,
}: Network['settings']): readonly (readonly [string, string])[] => [
  ...directorySources.flatMap(({ id, tokenFrom }) =>
    tokenFrom ? [[tokenFrom, `directory source ${id}`] as const] : [],
  ),
  ...(terminology?.tokenFrom ? [[terminology.tokenFrom, 'terminology server'] as const] : []),
];
