import { request } from 'undici';

export type Visited = {
  readonly status: number;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
};

/** A list: fields of the same name. */
export type FormFields = Readonly<Record<string, string | readonly string[]>>;

const pairsOf = (form: FormFields): string[][] =>
  Object.entries(form).flatMap(([name, value]) => [value].flat().map((it) => [name, it as string]));

/** A browser without a screen: cookies by origin, redirects, and forms with Origin and Sec-Fetch-Site as browsers send them. */
export type Browser = {
  /** Follows redirects, until `stop` says that an address is not to be visited. */
  readonly visit: (url: string, stop?: (url: string) => boolean) => Promise<Visited>;
  readonly submit: (url: string, form: FormFields, from?: string) => Promise<Visited>;
  /** A request of a script in a page of `from`. */
  readonly send: (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH',
    url: string,
    it?: {
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly from?: string;
    },
  ) => Promise<Visited>;
  readonly cookies: (origin: string) => Map<string, string>;
};

export function openBrowser(): Browser {
  const jar = new Map<string, Map<string, string>>();
  const cookies = (origin: string) => {
    const found = jar.get(origin) ?? new Map<string, string>();
    jar.set(origin, found);
    return found;
  };
  const once = async (
    method: 'GET' | 'POST' | 'PUT' | 'PATCH',
    url: string,
    headers: Readonly<Record<string, string>>,
    body?: string,
  ): Promise<Visited> => {
    const { origin } = new URL(url);
    const sent = [...cookies(origin)].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await request(url, {
      method,
      headers: { ...(sent ? { cookie: sent } : {}), ...headers },
      ...(body === undefined ? {} : { body }),
    });
    for (const line of [answer.headers['set-cookie'] ?? []].flat()) {
      const [pair = '', ...attributes] = line.split('; ');
      const [name = '', ...value] = pair.split('=');
      const isGone = attributes.some((it) => /^max-age=0$/i.test(it) || /^expires=thu, 01 jan 1970/i.test(it));
      if (isGone) cookies(origin).delete(name);
      else cookies(origin).set(name, value.join('='));
    }
    return { status: answer.statusCode, url, headers: answer.headers, text: await answer.body.text() };
  };
  const follow = async (first: Visited, stop: (url: string) => boolean): Promise<Visited> => {
    let at = first;
    for (let n = 0; n < 20; n++) {
      const { location } = at.headers;
      if (at.status < 300 || at.status >= 400 || typeof location !== 'string') return at;
      const next = new URL(location, at.url).href;
      if (stop(next)) return { ...at, url: next };
      at = await once('GET', next, { accept: 'text/html' });
    }
    throw new Error('redirects without end');
  };
  const never = () => false;
  return {
    cookies,
    visit: async (url, stop = never) => follow(await once('GET', url, { accept: 'text/html' }), stop),
    submit: async (url, form, from = new URL(url).origin) => {
      const site = from === new URL(url).origin ? 'same-origin' : 'cross-site';
      const headers = {
        accept: 'text/html',
        'content-type': 'application/x-www-form-urlencoded',
        origin: from,
        'sec-fetch-site': site,
      };
      return follow(await once('POST', url, headers, new URLSearchParams(pairsOf(form)).toString()), never);
    },
    send: (method, url, { body, headers = {}, from = new URL(url).origin } = {}) =>
      once(
        method,
        url,
        {
          accept: 'application/json',
          'sec-fetch-site': from === new URL(url).origin ? 'same-origin' : 'cross-site',
          ...(method === 'GET' ? {} : { origin: from }),
          ...headers,
        },
        body,
      ),
  };
}
