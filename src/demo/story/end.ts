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

/** Each part ends, the referrer receives feedback (terugkoppeling), and each party reads the case as far as it may. */
export async function playEnd(scene: Scene, { first, place, socialTask, agreed }: JourneyTasks): Promise<void> {
  const { narrator, move, newArrivals } = scene;
  narrator.heading('Each part ends', 'Elk deel wordt afgerond');
  for (const task of agreed) await carryOut(scene, task);
  await move('ggz-de-kade', place.task, { status: 'completed', businessStatus: 'handed-over' });
  await newArrivals();
  await move('wijkteam-zonnerveen', socialTask, { status: 'completed', businessStatus: 'first-contact-done' });
  await newArrivals();
  await move('registration-team', first.task, { status: 'completed', businessStatus: 'handed-over' });
  const arrivals = await newArrivals();
  narrator.expect(
    arrivals('gp-de-linde').some((it) => contains(it, 'Communication')),
    'the GP receives feedback on how it ended',
    'de huisarts krijgt een terugkoppeling over hoe het afliep',
  );

  narrator.heading('The whole case, as each party may see it', 'De hele casus, zoals elke partij die mag zien');
  const seen = await caseSeenBy(scene, 'gp-de-linde', first.order);
  narrator.lines(seen.events);
  const orders = seen.resources.filter((it): it is ServiceRequest => isType(it, 'ServiceRequest'));
  const tasks = seen.resources.filter((it): it is Task => isType(it, 'Task'));
  narrator.expect(
    orders.every(({ status }) => status === 'completed') && tasks.every(({ status }) => ended.has(status)),
    'for the GP: no order or Task is open',
    'voor de huisarts: er staat niets meer open',
  );
  const social = await scene.read<Task>('wijkteam-zonnerveen', socialTask);
  const forTeam = await caseSeenBy(scene, 'wijkteam-zonnerveen', social.focus?.reference ?? '');
  const types = new Set(forTeam.resources.map(({ resourceType }) => resourceType));
  narrator.say(
    `wijkteam-zonnerveen sees: ${[...types].join(', ')}`,
    `wijkteam-zonnerveen ziet: ${[...types].join(', ')}`,
  );
  narrator.expect(
    !['Condition', 'Encounter', 'DocumentReference', 'EpisodeOfCare'].some((it) => types.has(it)) &&
      sectionsOf(forTeam.resources) < sectionsOf(seen.resources),
    'for the neighbourhood team: its requests and its part of the minutes, and no data about care',
    'voor het wijkteam: zijn vragen en zijn deel van het verslag, en geen gegevens van de zorg',
  );
}

/** The owner of a Task that the consultation agreed on completes it. */
async function carryOut({ move, newArrivals }: Scene, { id, owner }: Task): Promise<void> {
  const partner = owner?.reference?.endsWith('/neighbourhood-team-zonnerveen') ? 'wijkteam-zonnerveen' : 'gp-de-linde';
  for (const status of ['accepted', 'in-progress']) await move(partner, `Task/${id}`, { status });
  await move(partner, `Task/${id}`, { status: 'completed', outcome: 'Gedaan zoals afgesproken.' });
  await newArrivals();
}

const sectionsOf = (resources: readonly Resource[]): number =>
  resources.reduce((sum, it) => sum + (isType(it, 'Composition') ? (it.section?.length ?? 0) : 0), 0);

const ended = new Set(['completed', 'cancelled', 'rejected', 'failed', 'entered-in-error']);

async function caseSeenBy({ system }: Scene, partner: string, order: string) {
  const { body } = await system(partner).request('GET', `/${order}/$case`);
  const parameters = (body as Parameters).parameter ?? [];
  const graph = parameters.find(({ name }) => name === 'graph')?.resource as Bundle | undefined;
  const events = parameters.flatMap(({ name, part = [] }) => {
    const of = (partName: string) => part.find((it) => it.name === partName);
    if (name !== 'event') return [];
    const business = of('businessStatus')?.valueCode;
    const at = of('at')?.valueInstant?.slice(11, 19);
    const what = of('what')?.valueReference?.reference?.replace(/(\/.{8}).*/, '$1…');
    return [`${at} ${what} ${of('status')?.valueCode}${business ? ` (${business})` : ''}`];
  });
  return { resources: graph ? resourcesOf(graph) : [], events };
}
