import type { Bundle, Task } from '@medplum/fhirtypes';
import { contains, contentOf, createdBy, resourcesOf, taskIn } from '../bundles.ts';
import { message } from '../message.ts';
import type { Scene } from '../scene.ts';
import type { Order } from './referral.ts';

/**
 * Case consultation (casusoverleg): requested by the GP, prepared by the bureau. Returns the Tasks that it agreed on.
 */
export async function playConsultation(scene: Scene, first: Order): Promise<readonly Task[]> {
  const { narrator, send, move, newArrivals, read } = scene;
  narrator.heading(
    'Debts and poor sleep make each other worse: the GP requests a case consultation',
    'Schulden en slecht slapen maken elkaar erger: de huisarts vraagt een casusoverleg aan',
  );
  const sent = await send('gp-de-linde', await message('150-consultation-asked/input.json', first));
  const consultation = createdBy(sent, 'Task')[0] ?? '';
  const about = { ...first, consultation };
  await move('registration-team', consultation, { status: 'accepted' });
  await newArrivals();

  narrator.heading('The bureau plans it and invites', 'Het bureau plant het en nodigt uit');
  await send('registration-team', await message('151-consultation-prepared/input.json', about));
  const invited = await newArrivals();
  const [toTeam] = invited('wijkteam-zonnerveen');
  const [toStranger] = invited('ggz-horizonland');
  narrator.expect(
    toTeam !== undefined && contains(toTeam, 'Appointment') && !contains(toTeam, 'Condition'),
    'the neighbourhood team is invited on explicit consent, without any data about care',
    'het wijkteam wordt met uitdrukkelijke toestemming uitgenodigd, zonder gegevens van de zorg',
  );
  narrator.expect(
    toStranger !== undefined && !personal.test(JSON.stringify(toStranger.bundle)),
    `GGZ Horizonland, which has no legal basis to know the person, receives an invitation without the person: ${toStranger && contentOf(toStranger)}`,
    `GGZ Horizonland, dat niet mag weten om wie het gaat, krijgt een uitnodiging zonder de persoon: ${toStranger && contentOf(toStranger)}`,
  );
  await prepare(scene, consultation);

  narrator.heading(
    'The consultation is held; its minutes are sent',
    'Het overleg is geweest; het verslag wordt gestuurd',
  );
  await move('registration-team', consultation, { status: 'in-progress' });
  const minutes = await send('registration-team', await message('152-consultation-recorded/input.json', about));
  const sentMinutes = await newArrivals();
  narrator.expect(
    sentMinutes('gp-de-linde').some((it) => contains(it, 'Composition')) &&
      sentMinutes('wijkteam-zonnerveen').some((it) => contains(it, 'Composition')),
    'the GP has all minutes, the neighbourhood team its part',
    'de huisarts heeft het hele verslag, het wijkteam zijn deel',
  );
  narrator.expect(
    !sentMinutes('ggz-horizonland').some(
      (it) => contains(it, 'Composition') || personal.test(JSON.stringify(it.bundle)),
    ),
    'GGZ Horizonland is notified that it has ended, and of nothing else',
    'GGZ Horizonland krijgt bericht dat het voorbij is, en niets anders',
  );
  const tasks = await Promise.all(createdBy(minutes, 'Task').map((it) => read<Task>('registration-team', it)));
  return tasks.filter(({ status }) => status === 'requested');
}

const personal = /9999\d{5}|Proefpersoon|Verzonnenlaan|birthDate/;

/** The neighbourhood team finds its preparation Task, and completes it with its contribution. */
async function prepare({ narrator, system, move, newArrivals }: Scene, consultation: string): Promise<void> {
  const query = `/Task?part-of=${consultation}&code=case-consultation`;
  const found = (await system('wijkteam-zonnerveen').request('GET', query)).body as Bundle;
  const [own] = resourcesOf(found);
  const task = `Task/${own?.id}`;
  await move('wijkteam-zonnerveen', task, { status: 'accepted' });
  await move('wijkteam-zonnerveen', task, { status: 'in-progress' });
  await move('wijkteam-zonnerveen', task, { status: 'completed', outcome: 'De schulden zijn op een rij gezet.' });
  const arrivals = await newArrivals();
  narrator.expect(
    arrivals('registration-team').some((it) => taskIn(it)?.status === 'completed'),
    'the bureau has the contribution of the neighbourhood team',
    'het bureau heeft de inbreng van het wijkteam',
  );
}
