import type { Task } from '@medplum/fhirtypes';
import { isType } from '../../fhir/resource.ts';
import { world } from '../../main.ts';
import { contentOf, createdBy, resourcesOf, taskIn } from '../bundles.ts';
import type { Message } from '../message.ts';
import type { Scene } from '../scene.ts';

/** An order and the Task by which it is carried out, as addresses at the gateway. */
export type Order = { readonly order: string; readonly task: string };

/** A referral (verwijzing) from the GP's system to the team, and its status back to the GP. */
export async function playReferral(scene: Scene, referral: Message) {
  const { narrator, send, newArrivals, move, system } = scene;
  narrator.heading(
    'The GP of Huisartsenpraktijk De Linde refers a person, in the format of her system today (Nictiz ELZ, XML)',
    'De huisarts van Huisartsenpraktijk De Linde verwijst een persoon, in de vorm die haar systeem nu stuurt (Nictiz ELZ, XML)',
  );
  const requestId = world.newId();
  const sent = await send('gp-de-linde', referral, { requestId });
  narrator.expect(sent.status === 200, 'the gateway accepted the referral', 'de gateway nam de verwijzing aan');
  const arrivals = await newArrivals();
  narrator.expect(
    arrivals('gp-de-linde').map(contentOf).join() === 'Task (requested)',
    'the team has the whole referral; the referrer follows its Task',
    'het team heeft de hele verwijzing; de verwijzer volgt de Task',
  );

  narrator.heading('The team finds its Task and accepts it', 'Het team vindt zijn Task en neemt die aan');
  const found = resourcesOf((await system('registration-team').request('GET', '/Task?status=requested')).body);
  const task = `Task/${found.find((it): it is Task => isType(it, 'Task'))?.id}`;
  await move('registration-team', task, { status: 'accepted' });
  const later = await newArrivals();
  narrator.expect(
    later('gp-de-linde').some((it) => taskIn(it)?.status === 'accepted'),
    "the GP's system shows that it is accepted",
    'het systeem van de huisarts laat zien dat de verwijzing is aangenomen',
  );
  await move('registration-team', task, { status: 'in-progress' });
  await newArrivals();
  const order =
    createdBy(sent, 'ServiceRequest')[0] ?? (await scene.read<Task>('registration-team', task)).focus?.reference;
  return { first: { order: order ?? '', task } satisfies Order, requestId };
}
