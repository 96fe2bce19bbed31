import type { Parameters, Task } from '@medplum/fhirtypes';
import { contains, contentOf, createdBy, taskIn } from '../bundles.ts';
import { message } from '../message.ts';
import type { Scene } from '../scene.ts';
import type { Order } from './referral.ts';

const personal = /9999\d{5}|Proefpersoon|Verzonnenlaan|birthDate/;
const candidates = {
  'ggz-de-kade': 'basic-ggz-de-kade',
  'keerpunt-verslavingszorg': 'addiction-care-keerpunt',
  'ggz-horizonland': 'specialist-ggz-horizonland',
} as const;
const partners = ['ggz-de-kade', 'keerpunt-verslavingszorg', 'ggz-horizonland'] as const;

/**
 * Transfer (overdracht) in mental-health care: three candidates without the person, two accept, the selected one gets
 * all.
 */
export async function playTransfer(scene: Scene, first: Order): Promise<Order> {
  const { narrator, send, newArrivals, move } = scene;
  narrator.heading('Who has a place? The team requests proposals', 'Waar is plek? Het team vraagt om voorstellen');
  await playProposals(scene, first);

  narrator.heading(
    'Three providers are asked for a place, without the person',
    'Drie aanbieders krijgen de vraag of zij plek hebben, zonder de persoon',
  );
  const sent = await send('registration-team', await message('052-transfer-asked-of-three/input.json', first));
  const arrivals = await newArrivals();
  const requests = partners.flatMap((it) => arrivals(it));
  narrator.expect(
    requests.length === partners.length && requests.every((it) => contentOf(it) === 'Task (requested)'),
    'each received a Task, and nothing else',
    'elk kreeg een Task, en niets anders',
  );
  narrator.expect(
    requests.every(({ bundle }) => !personal.test(JSON.stringify(bundle))),
    'the Task contains no data about the person',
    'in de Task staat niets over de persoon',
  );
  const tasks = await Promise.all(createdBy(sent, 'Task').map((it) => scene.read<Task>('registration-team', it)));
  const taskOf = (partner: keyof typeof candidates) =>
    `Task/${tasks.find(({ owner }) => owner?.reference?.endsWith(`/${candidates[partner]}`))?.id}`;

  narrator.heading(
    'Two have a place, one has not; De Kade is selected',
    'Twee hebben plek, een niet; De Kade wordt gekozen',
  );
  await move('ggz-horizonland', taskOf('ggz-horizonland'), { status: 'rejected', reason: 'at-capacity' });
  await move('keerpunt-verslavingszorg', taskOf('keerpunt-verslavingszorg'), { status: 'accepted' });
  await move('ggz-de-kade', taskOf('ggz-de-kade'), { status: 'accepted' });
  await newArrivals();
  const selected = await move('registration-team', taskOf('ggz-de-kade'), { businessStatus: 'selected' });
  const result = await newArrivals();
  narrator.expect(selected.status === 200, 'De Kade is selected', 'De Kade is gekozen');
  narrator.expect(
    result('keerpunt-verslavingszorg').some((it) => taskIn(it)?.status === 'cancelled'),
    'at the same moment the other place was released: its Task is cancelled',
    'op hetzelfde moment is de andere plek weer vrij: die Task is geannuleerd',
  );
  narrator.expect(
    result('ggz-de-kade').some((it) => contains(it, 'Patient') && contains(it, 'ServiceRequest')),
    'only now De Kade receives the person and the whole order',
    'pas nu krijgt De Kade de persoon en de hele opdracht',
  );
  await move('ggz-de-kade', taskOf('ggz-de-kade'), { status: 'in-progress' });
  await newArrivals();
  return { order: createdBy(sent, 'ServiceRequest')[0] ?? '', task: taskOf('ggz-de-kade') };
}

async function playProposals({ narrator, system }: Scene, { order }: Order): Promise<void> {
  const answer = await system('registration-team').request('GET', `/${order}/$propose-transfer`);
  narrator.say(
    `registration-team: GET ${order.slice(0, 23)}…/$propose-transfer -> ${answer.status}`,
    `registration-team: GET ${order.slice(0, 23)}…/$propose-transfer -> ${answer.status}`,
  );
  const places = ((answer.body as Parameters).parameter ?? []).filter(({ name }) => name === 'place');
  for (const { part = [] } of places) {
    const named = (parameter: string) => part.find(({ name }) => name === parameter);
    const line = `${named('rank')?.valuePositiveInt}. ${named('service')?.valueReference?.display}`;
    narrator.say(line, line);
    narrator.lines(
      part
        .filter(({ name }) => name === 'reason')
        .map((it) => `     ${it.part?.find(({ name }) => name === narrator.language)?.valueString}`),
    );
  }
  narrator.expect(
    places.length >= 3,
    'at least three places, with the reasons for their rank',
    'minstens drie plekken, met de redenen voor hun volgorde',
  );
}
