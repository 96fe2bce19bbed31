import type { Bundle, Task } from '@medplum/fhirtypes';
import { contains, contentOf, createdBy, resourcesOf, taskIn } from '../bundles.ts';
import { message } from '../message.ts';
import type { Scene } from '../scene.ts';
import type { Order } from './referral.ts';

/** A casusoverleg: the GP asks it, the bureau prepares it, and each hears of it what it has a right to. Gives what it asked of others. */
export async function playConsultation(scene: Scene, first: Order): Promise<readonly Task[]> {
  const { narrator: teller, send, move, newArrivals: hear, read } = scene;
  teller.heading(
    'Debts and sleep hold each other up: the GP asks a case consultation',
    'Schulden en slecht slapen houden elkaar in stand: de huisarts vraagt een casusoverleg',
  );
  const asked = await send('gp-de-linde', await message('150-consultation-asked/input.json', first));
  const consultation = createdBy(asked, 'Task')[0] ?? '';
  const about = { ...first, consultation };
  await move('registration-team', consultation, { status: 'accepted' });
  await hear();

  teller.heading('The bureau plans it and invites', 'Het bureau plant het en nodigt uit');
  await send('registration-team', await message('151-consultation-prepared/input.json', about));
  const invited = await hear();
  const [toTeam] = invited('wijkteam-zonnerveen');
  const [toStranger] = invited('ggz-horizonland');
  teller.expect(
    toTeam !== undefined && contains(toTeam, 'Appointment') && !contains(toTeam, 'Condition'),
    'the neighbourhood team is invited on explicit consent, without what is of care',
    'het wijkteam wordt met uitdrukkelijke toestemming uitgenodigd, zonder wat van de zorg is',
  );
  teller.expect(
    toStranger !== undefined && !personal.test(JSON.stringify(toStranger.bundle)),
    `GGZ Horizonland, which has no ground to know whom, gets an invitation without the person: ${toStranger && contentOf(toStranger)}`,
    `GGZ Horizonland, dat geen grond heeft om te weten wie, krijgt een uitnodiging zonder de persoon: ${toStranger && contentOf(toStranger)}`,
  );
  await prepare(scene, consultation);

  teller.heading('It is held, and its record goes round', 'Het wordt gehouden, en het verslag gaat rond');
  await move('registration-team', consultation, { status: 'in-progress' });
  const minutes = await send('registration-team', await message('152-consultation-recorded/input.json', about));
  const told = await hear();
  teller.expect(
    told('gp-de-linde').some((it) => contains(it, 'Composition')) &&
      told('wijkteam-zonnerveen').some((it) => contains(it, 'Composition')),
    'the GP has the whole record, the neighbourhood team its part',
    'de huisarts heeft het hele verslag, het wijkteam zijn deel',
  );
  teller.expect(
    !told('ggz-horizonland').some((it) => contains(it, 'Composition') || personal.test(JSON.stringify(it.bundle))),
    'GGZ Horizonland hears that it is over, and nothing else',
    'GGZ Horizonland hoort dat het voorbij is, en niets anders',
  );
  const tasks = await Promise.all(createdBy(minutes, 'Task').map((it) => read<Task>('registration-team', it)));
  return tasks.filter(({ status }) => status === 'requested');
}

const personal = /9999\d{5}|Proefpersoon|Verzonnenlaan|birthDate/;

/** The neighbourhood team finds what it is asked to prepare, and tells what it brings. */
async function prepare(
  { narrator: teller, system, move, newArrivals: hear }: Scene,
  consultation: string,
): Promise<void> {
  const query = `/Task?part-of=${consultation}&code=case-consultation`;
  const found = (await system('wijkteam-zonnerveen').request('GET', query)).body as Bundle;
  const [mine] = resourcesOf(found);
  const task = `Task/${mine?.id}`;
  await move('wijkteam-zonnerveen', task, { status: 'accepted' });
  await move('wijkteam-zonnerveen', task, { status: 'in-progress' });
  await move('wijkteam-zonnerveen', task, { status: 'completed', outcome: 'De schulden zijn op een rij gezet.' });
  const heard = await hear();
  teller.expect(
    heard('registration-team').some((it) => taskIn(it)?.status === 'completed'),
    'the bureau has what the neighbourhood team brings',
    'het bureau heeft wat het wijkteam inbrengt',
  );
}
