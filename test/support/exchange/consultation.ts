/** A case consultation about a fictive referral, for tests: asked by the GP, prepared by the team of the network. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Bundle, Task } from '@medplum/fhirtypes';
import type { Resource } from '../../../src/fhir/resource.ts';
import { type Answered, locationOf, type TestGateway } from '../test-gateway.ts';
import { partnerAt } from './partner-client.ts';

const folder = join(import.meta.dirname, '../../../examples/messages');

export type ConsultationReferences = { readonly order: string; readonly consultation?: string };

/** A message of the examples, about this order and consultation. */
export const message = (name: string, { order, consultation = 'Task/none' }: ConsultationReferences): Bundle =>
  JSON.parse(
    readFileSync(join(folder, name, 'input.json'), 'utf8')
      .replaceAll('ServiceRequest/00000000-0000-4000-8000-000000000000', order)
      .replaceAll('Task/00000000-0000-4000-8000-000000000001', consultation),
  ) as Bundle;

const accepted = (answer: Answered): Answered => {
  if (answer.status !== 200) throw new Error(answer.text);
  return answer;
};

/** A new referral, taken on, and the GP's question about it. */
export async function requestedConsultation(gateway: TestGateway): Promise<Required<ConsultationReferences>> {
  const gp = partnerAt(gateway, 'gp-de-linde');
  const referral = JSON.parse(readFileSync(join(folder, '001-referral-as-collection/input.json'), 'utf8')) as Bundle;
  const sent = accepted(await gp.post('', referral));
  const order = locationOf(sent, 'ServiceRequest')!;
  await partnerAt(gateway, 'registration-team').move(locationOf(sent, 'Task')!, { status: 'accepted' });
  const answer = accepted(await gp.post('', message('150-consultation-asked', { order })));
  return { order, consultation: locationOf(answer, 'Task')! };
}

/** The same, taken on and prepared. */
export async function preparedConsultation(
  gateway: TestGateway,
): Promise<Required<ConsultationReferences> & { readonly answer: Answered }> {
  const given = await requestedConsultation(gateway);
  const team = partnerAt(gateway, 'registration-team');
  await team.move(given.consultation, { status: 'accepted' });
  return { ...given, answer: accepted(await team.post('', message('151-consultation-prepared', given))) };
}

/** The preparations of a consultation that a partner may see, the oldest first. */
export const preparationsOf = async (partner: ReturnType<typeof partnerAt>, consultation: string) =>
  (await partner.tasks(`part-of=${consultation}&code=case-consultation&_sort=_lastUpdated`)) as readonly (Task & {
    readonly id: string;
  })[];

export const resourcesOf = (bundle: Bundle): Resource[] =>
  (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);
