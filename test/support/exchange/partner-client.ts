import type { Bundle, Parameters, Task } from '@medplum/fhirtypes';
import { type Answered, resourceOf, type TestGateway } from '../test-gateway.ts';

/** A partner at the gateway as these tests need one: reads what it may, and moves by $transition from the last version. */
export const partnerAt = (gateway: TestGateway, as: string) => {
  const read = <T>(reference: string) =>
    gateway.ask('GET', `/fhir/${reference}`, { as }).then((it) => resourceOf(it) as unknown as T);
  return {
    read,
    status: (reference: string) => gateway.ask('GET', `/fhir/${reference}`, { as }).then(({ status }) => status),
    tasks: async (query: string): Promise<readonly Task[]> => {
      const found = resourceOf<Bundle>(await gateway.ask('GET', `/fhir/Task?${query}`, { as }));
      return (found.entry ?? []).map(({ resource }) => resource as Task);
    },
    move: async (reference: string, moved: Moved): Promise<Answered> => {
      const version = moved.version ?? (await read<Task>(reference)).meta?.versionId;
      return gateway.ask('POST', `/fhir/${reference}/$transition`, {
        as,
        body: JSON.stringify(parametersOf(moved)),
        headers: { 'if-match': `W/"${version}"`, ...moved.headers },
      });
    },
    post: (path: string, body: object, headers: Readonly<Record<string, string>> = {}) =>
      gateway.ask('POST', `/fhir${path}`, { as, body: JSON.stringify(body), headers }),
  };
};

type Moved = {
  readonly status?: string;
  readonly reason?: string;
  readonly businessStatus?: string;
  readonly outcome?: string;
  readonly alternative?: string;
  readonly version?: string;
  readonly headers?: Readonly<Record<string, string>>;
};

const parametersOf = ({ status, reason, businessStatus, outcome, alternative }: Moved): Parameters => ({
  resourceType: 'Parameters',
  parameter: [
    ...Object.entries({ status, reason, businessStatus }).flatMap(([name, valueCode]) =>
      valueCode ? [{ name, valueCode }] : [],
    ),
    ...(outcome ? [{ name: 'outcome', valueString: outcome }] : []),
    ...(alternative ? [{ name: 'alternative', valueReference: { reference: alternative } }] : []),
  ],
});

export const codeOf = (concept: { readonly coding?: readonly { readonly code?: string }[] } | undefined) =>
  concept?.coding?.[0]?.code;
