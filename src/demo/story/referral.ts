import type { Task } from '@medplum/fhirtypes';
import { isType } from '../../fhir/resource.ts';
import { world } from '../../main.ts';
import { contentOf, createdBy, resourcesOf, taskIn } from '../bundles.ts';
import type { Message } from '../message.ts';
import type { Scene } from '../scene.ts';

/** An order and the Task by which it is carried out, as addresses at the gateway. */
export type Order = { readonly order: string; readonly task: string };

/** A referral from the GP's system to the team that takes it up, and back again. */
export async function playReferral(scene: Scene, referral: Message) {
  const { narrator: teller, send, newArrivals: hear, move, system } = scene;
  teller.heading(
    'The GP of Huisartsenpraktijk De Linde refers a person, as her system does today (Nictiz ELZ, XML)',
    'De huisarts van Huisartsenpraktijk De Linde verwijst een persoon, zoals haar systeem dat nu doet (Nictiz ELZ, XML)',
  );
  const requestId = world.newId();
  const sent = await send('gp-de-linde', referral, { requestId });
  teller.expect(sent.status === 200, 'the gateway took the referral in', 'de gateway nam de verwijzing aan');
  const arrived = await hear();
  teller.expect(
    arrived('gp-de-linde').map(contentOf).join() === 'Task (requested)',
    'the team has the whole referral; the referrer follows its Task',
    'het team heeft de hele verwijzing; de verwijzer volgt de Task',
  );

  teller.heading('The team finds its Task and takes it on', 'Het team vindt zijn Task en neemt die aan');
  const found = resourcesOf((await system('registration-team').request('GET', '/Task?status=requested')).body);
  const task = `Task/${found.find((it): it is Task => isType(it, 'Task'))?.id}`;
  await move('registration-team', task, { status: 'accepted' });
  const told = await hear();
  teller.expect(
    told('gp-de-linde').some((it) => taskIn(it)?.status === 'accepted'),
    "the GP's system knows that it is accepted",
    'het systeem van de huisarts weet dat die is aangenomen',
  );
  await move('registration-team', task, { status: 'in-progress' });
  await hear();
  const order =
    createdBy(sent, 'ServiceRequest')[0] ?? (await scene.read<Task>('registration-team', task)).focus?.reference;
  return { first: { order: order ?? '', task } satisfies Order, requestId };
}
