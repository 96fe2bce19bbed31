import type { Bundle, Resource } from '@medplum/fhirtypes';
import { type Asking, resourceOf, type TestGateway } from './test-gateway.ts';

const form = 'application/x-www-form-urlencoded';

/** A client that searches and follows links, as far as these tests need one. Links name the base of the network. */
export const restClient = (gateway: TestGateway, as: string) => {
  const get = (path: string, headers: Asking['headers'] = {}) => gateway.ask('GET', path, { as, headers });
  const post = (path: string, body: string, headers: Asking['headers'] = {}) =>
    gateway.ask('POST', path, { as, body, contentType: form, headers });
  const local = (url: string): string => url.replace('http://localhost:8080', '');
  return {
    get,
    post,
    local,
    find: async (query: string, headers?: Asking['headers']) =>
      resourceOf<Bundle>(await get(`/fhir/${query}`, headers)),
    follow: async (bundle: Bundle) => {
      const next = linkOf(bundle, 'next');
      return next === undefined ? undefined : resourceOf<Bundle>(await get(local(next)));
    },
  };
};

export const linkOf = (bundle: Bundle, relation: string): string | undefined =>
  bundle.link?.find((it) => it.relation === relation)?.url;

export const idsOf = (bundle: Bundle, mode = 'match'): string[] =>
  entriesOf(bundle, mode).map((it) => `${it.resourceType}/${it.id}`);

export const entriesOf = (bundle: Bundle, mode = 'match'): Resource[] =>
  (bundle.entry ?? []).flatMap(({ search, resource }) => (search?.mode === mode && resource ? [resource] : []));
