import { createHash, timingSafeEqual } from 'node:crypto';

/** Characters of the token: shorter ones could be guessed. */
const minimumLength = 24;

/**
 * Recognises the bearer token of the scraper of metrics, from the environment. It opens counts and nothing else, so that it is no
 * partner. Throws when it is too short; nobody is recognised without one.
 */
export function scraperOf(
  { tokenFrom }: { readonly tokenFrom?: string },
  environment: Readonly<Record<string, string | undefined>>,
): (authorization: string) => boolean {
  const token = tokenFrom ? environment[tokenFrom] : undefined;
  if (token === undefined) return () => false;
  if (token.length < minimumLength)
    throw new Error(
      `${tokenFrom} (token of the scraper of metrics) has fewer than ${minimumLength} characters. Set a random one and start again.`,
    );
  const expected = digestOf(`Bearer ${token}`);
  return (authorization) => timingSafeEqual(expected, digestOf(authorization.replace(/^bearer /i, 'Bearer ')));
}

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest();
