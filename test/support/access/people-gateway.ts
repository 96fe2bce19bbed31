import type { PeopleSettings, ProviderSettings } from '../../../src/directory/index.ts';
import { silent } from '../../../src/main/log.ts';
import { openStore, type Running, type RunOptions, run } from '../../../src/main.ts';
import type { Store } from '../../../src/store/port.ts';
import { demoConfiguration } from '../demo-configuration.ts';
import { freePort } from '../free-port.ts';
import { clonedStore } from '../store/cloned-store.ts';
import { type Ask, asker } from '../test-gateway.ts';
import type { Browser, Visited } from './browser.ts';
import type { IdentityProvider } from './identity-provider.ts';

export type PeopleGateway = {
  readonly url: string;
  readonly running: Running;
  readonly store: Store;
  readonly ask: Ask;
  /** Puts other settings into force, as an activation does. */
  readonly stop: () => Promise<void>;
};

/** The environment variable of the client secret. A test file sets and removes it. */
export const secretVariable = 'MGN_TEST_LOGIN_SECRET';

export const minutes = (count: number): number => count * 60_000;

export const providerOf = (
  { issuer, clientId }: Pick<IdentityProvider, 'issuer' | 'clientId'>,
  more: Partial<ProviderSettings> = {},
): ProviderSettings => ({
  issuer,
  clientId,
  authentication: { kind: 'secret', from: secretVariable },
  scopes: ['openid', 'profile'],
  claims: { roles: 'roles', organization: 'organization', name: 'name' },
  assurance: ['low', 'substantial', 'high'],
  ...more,
});

export const settingsOf = (more: Partial<PeopleSettings>): PeopleSettings => ({
  roles: [
    { claim: 'professional', role: 'professional', minimum: 'substantial', emergency: false },
    { claim: 'engineer', role: 'engineer', emergency: false },
    { claim: 'operator', role: 'operator', minimum: 'high', emergency: true },
    { claim: 'privacy', role: 'privacy-officer', emergency: false },
  ],
  organizations: [
    { claim: 'ura-gp', partner: 'gp-de-linde' },
    { claim: 'ura-ggz', partner: 'ggz-horizonland' },
    { claim: 'oin-wijkteam', partner: 'wijkteam-zonnerveen' },
    { claim: 'beheer', partner: 'operator' },
  ],
  sessions: { idle: minutes(30), longest: minutes(600) },
  emergency: minutes(30),
  demoPersons: [],
  ...more,
});

/** The gateway on the demo network, with these people; `port` as it was before, for a restart. */
export async function startPeopleGateway(
  people: PeopleSettings | undefined,
  {
    port = 0,
    store: at = 'sqlite::memory:',
    opened,
    now,
    ...options
  }: Partial<RunOptions> & {
    readonly store?: string;
    readonly opened?: Store;
    readonly now?: () => Date;
  } = {},
): Promise<PeopleGateway> {
  const configured = await demoConfiguration();
  const bound = port || (await freePort());
  const url = `http://127.0.0.1:${bound}`;
  const { people: _, ...others } = configured.network.settings;
  const settings = { ...others, baseUrl: `${url}/fhir`, ...(people ? { people } : {}) };
  const store = opened ?? (await storeAt(at));
  const world = now ? { ...configured.world, now } : configured.world;
  const running = await run({ ...configured, world, network: { ...configured.network, settings } }, store, {
    log: silent,
    ...options,
    port: bound,
  });
  return { url, running, store, ask: asker(url), stop: running.stop };
}

async function storeAt(place: string): Promise<Store> {
  const opened = await openStore(place);
  if (!opened.ok) throw new Error(JSON.stringify(opened.issues));
  return clonedStore(opened.value);
}

/** Logs in at the provider as this account: the form, and every redirect. */
export async function logIn(browser: Browser, gateway: string, account: string, query = ''): Promise<Visited> {
  const form = await browser.visit(`${gateway}/login${query}`);
  const [, action] = /<form method="post" action="([^"]+)"/.exec(form.text) ?? [];
  // a page of the gateway has a form too, to log out
  if (!action || form.url.startsWith(gateway)) return form;
  return browser.submit(new URL(action, form.url).href, { account });
}

export type ShownSession = {
  readonly person: { readonly id: string; readonly name?: string };
  readonly partner: { readonly id: string };
  readonly roles: readonly string[];
  readonly rights: readonly string[];
  readonly assurance?: string;
  readonly csrfToken: string;
  readonly emergencies: readonly { readonly id: string; readonly patient: string; readonly until: string }[];
};

export const sessionOf = async (browser: Browser, gateway: string): Promise<ShownSession> =>
  JSON.parse((await browser.send('GET', `${gateway}/session`)).text) as ShownSession;
