import { requestOnce } from '../../outbound/client.ts';

export type ExampleRequest = {
  /** Partner of the demo network, whose token is `demo-` and its id. */
  readonly as?: string;
  readonly body?: string | Buffer;
  readonly contentType?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

export type ExampleAnswer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
};

/** Sends a request to a gateway; `path` is that of the gateway itself: `/fhir`, `/intake/referral`. */
export type ExampleClient = (
  method: 'GET' | 'POST' | 'PUT' | 'PATCH',
  path: string,
  request?: ExampleRequest,
) => Promise<ExampleAnswer>;

/** A client of the gateway with this root, such as `http://localhost:8080`. Writes name their request by `newId`. */
export const clientOf =
  (root: string, newId: () => string): ExampleClient =>
  async (method, path, { as, body, contentType = 'application/fhir+json', headers } = {}) => {
    const answer = await requestOnce(`${root}${path}`, {
      method,
      headers: {
        ...(as ? { authorization: `Bearer demo-${as}` } : {}),
        ...(body === undefined ? {} : { 'content-type': contentType }),
        ...(method === 'PUT' || method === 'PATCH' ? { 'x-request-id': newId() } : {}),
        ...headers,
      },
      ...(body === undefined ? {} : { body }),
    });
    return { status: answer.status, headers: answer.headers, text: answer.text };
  };
