import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One received request. */
export type Asked = {
  readonly path: string;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
  /** `code` of the Parameters. */
  readonly code: string;
};

export type Reply = (asked: Asked, response: ServerResponse) => void | Promise<void>;

/** A terminology server on loopback that sends the responses of the test and records requests. */
export async function startTerminologyServer(reply: Reply) {
  const asked: Asked[] = [];
  let answer = reply;
  const server = createServer(async (request, response) => {
    const body = await textOf(request);
    const one = { path: request.url ?? '', headers: request.headers, body, code: codeIn(body) };
    asked.push(one);
    await answer(one, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/fhir`,
    asked,
    codes: () => asked.map(({ path, code }) => `${path.split('/')[2]} ${code}`),
    answerWith: (next: Reply) => {
      answer = next;
    },
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

type Parameter = { readonly name: string; readonly [value: string]: unknown };

export const parametersIn = (body: string): Parameter[] => JSON.parse(body).parameter;

const codeIn = (body: string): string =>
  String(parametersIn(body).find(({ name }) => name === 'code')?.valueCode ?? '');

export const json =
  (status: number, body: unknown): Reply =>
  (_, response) => {
    response.writeHead(status, { 'content-type': 'application/fhir+json' });
    response.end(JSON.stringify(body));
  };

export const parameters = (result: boolean, ...more: readonly object[]): Reply =>
  json(200, { resourceType: 'Parameters', parameter: [{ name: 'result', valueBoolean: result }, ...more] });

export const outcome = (status: number, code: string): Reply =>
  json(status, { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code }] });

/** The issues with which servers of the tx ecosystem explain a false. */
export const issues = (...codes: readonly string[]) => ({
  name: 'issues',
  resource: {
    resourceType: 'OperationOutcome',
    issue: codes.map((code) => ({
      severity: 'error',
      code: 'code-invalid',
      details: { coding: [{ system: 'http://hl7.org/fhir/tools/CodeSystem/tx-issue-type', code }] },
    })),
  },
});
