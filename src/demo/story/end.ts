import type { Bundle, Parameters, ServiceRequest, Task } from '@medplum/fhirtypes';
import { isType, type Resource } from '../../fhir/resource.ts';
import { contains, resourcesOf } from '../bundles.ts';
import type { Scene } from '../scene.ts';
import type { Order } from './referral.ts';

type JourneyTasks = {
  readonly first: Order;
  readonly place: Order;
  readonly socialTask: string;
  readonly agreed: readonly Task[];
};

/** Each part ends, the referrer hears how, and the case tells the whole journey to each in its own measure. */
export async function playEnd(scene: Scene, { first, place, socialTask, agreed }: JourneyTasks): Promise<void> {
  const { narrator: teller, move, newArrivals: hear } = scene;
  teller.heading('Each part comes to its end', 'Elk deel komt tot een einde');
  for (const task of agreed) await carryOut(scene, task);
  await move('ggz-de-kade', place.task, { status: 'completed', businessStatus: 'handed-over' });
  await hear();
  await move('wijkteam-zonnerveen', socialTask, { status: 'completed', businessStatus: 'first-contact-done' });
  await hear();
  await move('registration-team', first.task, { status: 'completed', businessStatus: 'handed-over' });
  const heard = await hear();
  teller.expect(
    heard('gp-de-linde').some((it) => contains(it, 'Communication')),
    'the GP hears how it ended',
    'de huisarts hoort hoe het afliep',
  );

  teller.heading('The whole case, as each may see it', 'De hele casus, zoals elk die mag zien');
  const seen = await caseSeenBy(scene, 'gp-de-linde', first.order);
  teller.lines(seen.events);
  const orders = seen.resources.filter((it): it is ServiceRequest => isType(it, 'ServiceRequest'));
  const tasks = seen.resources.filter((it): it is Task => isType(it, 'Task'));
  teller.expect(
    orders.every(({ status }) => status === 'completed') && tasks.every(({ status }) => ended.has(status)),
    'for the GP: nothing is open any more',
    'voor de huisarts: er staat niets meer open',
  );
  const social = await scene.read<Task>('wijkteam-zonnerveen', socialTask);
  const forTeam = await caseSeenBy(scene, 'wijkteam-zonnerveen', social.focus?.reference ?? '');
  const types = new Set(forTeam.resources.map(({ resourceType }) => resourceType));
  teller.say(
    `wijkteam-zonnerveen sees: ${[...types].join(', ')}`,
    `wijkteam-zonnerveen ziet: ${[...types].join(', ')}`,
  );
  teller.expect(
    !['Condition', 'Encounter', 'DocumentReference', 'EpisodeOfCare'].some((it) => types.has(it)) &&
      sectionsOf(forTeam.resources) < sectionsOf(seen.resources),
    'for the neighbourhood team: its requests and its part of the record, and nothing of care',
    'voor het wijkteam: zijn vragen en zijn deel van het verslag, en niets van de zorg',
  );
}

/** What the consultation agreed is done by whom it was asked of. */
async function carryOut({ move, newArrivals: hear }: Scene, { id, owner }: Task): Promise<void> {
  const partner = owner?.reference?.endsWith('/neighbourhood-team-zonnerveen') ? 'wijkteam-zonnerveen' : 'gp-de-linde';
  for (const status of ['accepted', 'in-progress']) await move(partner, `Task/${id}`, { status });
  await move(partner, `Task/${id}`, { status: 'completed', outcome: 'Gedaan zoals afgesproken.' });
  await hear();
}

const sectionsOf = (resources: readonly Resource[]): number =>
  resources.reduce((sum, it) => sum + (isType(it, 'Composition') ? (it.section?.length ?? 0) : 0), 0);

const ended = new Set(['completed', 'cancelled', 'rejected', 'failed', 'entered-in-error']);

async function caseSeenBy({ system }: Scene, partner: string, order: string) {
  const { body } = await system(partner).request('GET', `/${order}/$case`);
  const parameters = (body as Parameters).parameter ?? [];
  const graph = parameters.find(({ name }) => name === 'graph')?.resource as Bundle | undefined;
  const events = parameters.flatMap(({ name, part = [] }) => {
    const of = (wanted: string) => part.find((it) => it.name === wanted);
    if (name !== 'event') return [];
    const business = of('businessStatus')?.valueCode;
    const at = of('at')?.valueInstant?.slice(11, 19);
    const what = of('what')?.valueReference?.reference?.replace(/(\/.{8}).*/, '$1…');
    return [`${at} ${what} ${of('status')?.valueCode}${business ? ` (${business})` : ''}`];
  });
  return { resources: graph ? resourcesOf(graph) : [], events };
}
