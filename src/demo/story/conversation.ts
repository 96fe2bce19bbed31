import type { CarePlan, Task } from '@medplum/fhirtypes';
import { isType } from '../../fhir/resource.ts';
import { contains, createdBy, resourcesOf } from '../bundles.ts';
import { message } from '../message.ts';
import type { Scene } from '../scene.ts';
import type { Order } from './referral.ts';

/** Exploratory conversation (verkennend gesprek): its record becomes a plan with a request to each other party. */
export async function playConversation({ narrator, send, newArrivals, read }: Scene, first: Order) {
  narrator.heading(
    'The exploratory conversation: the person, her sister, a mental-health professional, a social worker and an expert by experience agree on a plan',
    'Het verkennend gesprek: de persoon, haar zus, een ggz-professional, een sociaal werker en een ervaringsdeskundige spreken een plan af',
  );
  const sent = await send('registration-team', await message('086-record-with-combination/input.json', first));
  narrator.expect(sent.status === 200, 'the gateway accepted the record', 'de gateway nam het verslag aan');
  const [plan] = await Promise.all(createdBy(sent, 'CarePlan').map((it) => read<CarePlan>('registration-team', it)));
  narrator.say('The plan, for the person (CarePlan.text):', 'Het plan, voor de persoon (CarePlan.text):');
  narrator.lines(plainText(plan?.text?.div ?? '').map((line) => `  | ${line}`));
  narrator.expect(
    (plan?.goal?.length ?? 0) === 2 && plan?.text?.status === 'generated',
    'CarePlan with two Goals, in plain Dutch too',
    'CarePlan met twee Goals, ook in gewoon Nederlands',
  );

  const arrivals = await newArrivals();
  narrator.expect(
    arrivals('gp-de-linde').some((it) => contains(it, 'Communication') && contains(it, 'CarePlan')),
    'the GP who referred has the plan',
    'de huisarts die verwees, heeft het plan',
  );
  const [extract] = arrivals('wijkteam-zonnerveen');
  const types = (extract ? resourcesOf(extract.bundle) : []).map(({ resourceType }) => resourceType);
  narrator.expect(
    types.includes('ServiceRequest') && !types.some((it) => ['Condition', 'Composition', 'Encounter'].includes(it)),
    'the neighbourhood team is requested to help with money: no diagnosis, no letter, on explicit consent',
    'het wijkteam wordt gevraagd te helpen met geld: geen diagnose, geen brief, met uitdrukkelijke toestemming',
  );
  const tasks = await Promise.all(createdBy(sent, 'Task').map((it) => read<Task>('registration-team', it)));
  const socialTask = tasks.find(({ owner }) => owner?.reference?.endsWith('/neighbourhood-team-zonnerveen'));
  if (!isType(socialTask, 'Task')) throw new Error('the record created no Task for the neighbourhood team');
  return { socialTask: `Task/${socialTask.id}` };
}

const plainText = (html: string): readonly string[] =>
  html
    .replace(/<(\/?(p|li|ul|h\d|div|tr|td|th|table|tbody|thead|caption))\b[^>]*>/g, '\n')
    .replace(/<[^>]+>/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
