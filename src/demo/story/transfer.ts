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

/** A place in mental-health care: three are asked without saying for whom, two would, one is chosen and gets everything. */
export async function playTransfer(scene: Scene, first: Order): Promise<Order> {
  const { narrator: teller, send, newArrivals: hear, move } = scene;
  teller.heading('Where is room? The team asks for proposals', 'Waar is plek? Het team vraagt om voorstellen');
  await playProposals(scene, first);

  teller.heading(
    'Three providers are asked whether they have room, without saying for whom',
    'Drie aanbieders wordt gevraagd of zij plek hebben, zonder te zeggen voor wie',
  );
  const sent = await send('registration-team', await message('052-transfer-asked-of-three/input.json', first));
  const heard = await hear();
  const requests = partners.flatMap((it) => heard(it));
  teller.expect(
    requests.length === partners.length && requests.every((it) => contentOf(it) === 'Task (requested)'),
    'each got a Task, and that alone',
    'elk kreeg een Task, en niets anders',
  );
  teller.expect(
    requests.every(({ bundle }) => !personal.test(JSON.stringify(bundle))),
    'which tells nothing about the person',
    'die niets over de persoon vertelt',
  );
  const tasks = await Promise.all(createdBy(sent, 'Task').map((it) => scene.read<Task>('registration-team', it)));
  const taskOf = (partner: keyof typeof candidates) =>
    `Task/${tasks.find(({ owner }) => owner?.reference?.endsWith(`/${candidates[partner]}`))?.id}`;

  teller.heading('Two have room, one has not; one is chosen', 'Twee hebben plek, een niet; een wordt gekozen');
  await move('ggz-horizonland', taskOf('ggz-horizonland'), { status: 'rejected', reason: 'at-capacity' });
  await move('keerpunt-verslavingszorg', taskOf('keerpunt-verslavingszorg'), { status: 'accepted' });
  await move('ggz-de-kade', taskOf('ggz-de-kade'), { status: 'accepted' });
  await hear();
  const chosen = await move('registration-team', taskOf('ggz-de-kade'), { businessStatus: 'selected' });
  const result = await hear();
  teller.expect(chosen.status === 200, 'De Kade is chosen', 'De Kade is gekozen');
  teller.expect(
    result('keerpunt-verslavingszorg').some((it) => taskIn(it)?.status === 'cancelled'),
    'in the same moment the other was told that it need not keep the place',
    'op hetzelfde moment hoorde de ander dat hij de plek niet hoeft vast te houden',
  );
  teller.expect(
    result('ggz-de-kade').some((it) => contains(it, 'Patient') && contains(it, 'ServiceRequest')),
    'only now De Kade gets the person and the whole order',
    'pas nu krijgt De Kade de persoon en de hele opdracht',
  );
  await move('ggz-de-kade', taskOf('ggz-de-kade'), { status: 'in-progress' });
  await hear();
  return { order: createdBy(sent, 'ServiceRequest')[0] ?? '', task: taskOf('ggz-de-kade') };
}

async function playProposals({ narrator: teller, system }: Scene, { order }: Order): Promise<void> {
  const answer = await system('registration-team').request('GET', `/${order}/$propose-transfer`);
  teller.say(
    `registration-team: GET ${order.slice(0, 23)}…/$propose-transfer -> ${answer.status}`,
    `registration-team: GET ${order.slice(0, 23)}…/$propose-transfer -> ${answer.status}`,
  );
  const places = ((answer.body as Parameters).parameter ?? []).filter(({ name }) => name === 'place');
  for (const { part = [] } of places) {
    const named = (wanted: string) => part.find(({ name }) => name === wanted);
    const line = `${named('rank')?.valuePositiveInt}. ${named('service')?.valueReference?.display}`;
    teller.say(line, line);
    teller.lines(
      part
        .filter(({ name }) => name === 'reason')
        .map((it) => `     ${it.part?.find(({ name }) => name === teller.language)?.valueString}`),
    );
  }
  teller.expect(
    places.length >= 3,
    'at least three places, with the reasons for their rank',
    'minstens drie plekken, met de redenen voor hun volgorde',
  );
}
