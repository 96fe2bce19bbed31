import type { CarePlan, Task } from '@medplum/fhirtypes';
import { isType } from '../../fhir/resource.ts';
import { contains, createdBy, resourcesOf } from '../bundles.ts';
import { message } from '../message.ts';
import type { Scene } from '../scene.ts';
import type { Order } from './referral.ts';

/** The verkennend gesprek was held: its record becomes a plan, and a request for each thing that others are asked. */
export async function playConversation({ narrator: teller, send, newArrivals: hear, read }: Scene, first: Order) {
  teller.heading(
    'The exploratory conversation: the person, her sister, a mental-health professional, a social worker and an expert by experience agree a plan',
    'Het verkennend gesprek: de persoon, haar zus, een ggz-professional, een sociaal werker en een ervaringsdeskundige spreken een plan af',
  );
  const sent = await send('registration-team', await message('086-record-with-combination/input.json', first));
  teller.expect(sent.status === 200, 'the gateway took the record in', 'de gateway nam het verslag aan');
  const [plan] = await Promise.all(createdBy(sent, 'CarePlan').map((it) => read<CarePlan>('registration-team', it)));
  teller.say('The plan, for the person (CarePlan.text):', 'Het plan, voor de persoon (CarePlan.text):');
  teller.lines(plainText(plan?.text?.div ?? '').map((line) => `  | ${line}`));
  teller.expect(
    (plan?.goal?.length ?? 0) === 2 && plan?.text?.status === 'generated',
    'CarePlan with two Goals, in plain Dutch too',
    'CarePlan met twee Goals, ook in gewoon Nederlands',
  );

  const heard = await hear();
  teller.expect(
    heard('gp-de-linde').some((it) => contains(it, 'Communication') && contains(it, 'CarePlan')),
    'the GP who referred has the plan',
    'de huisarts die verwees, heeft het plan',
  );
  const [extract] = heard('wijkteam-zonnerveen');
  const types = (extract ? resourcesOf(extract.bundle) : []).map(({ resourceType }) => resourceType);
  teller.expect(
    types.includes('ServiceRequest') && !types.some((it) => ['Condition', 'Composition', 'Encounter'].includes(it)),
    'the neighbourhood team is asked to help with money: no diagnosis, no letter, on explicit consent',
    'het wijkteam wordt gevraagd te helpen met geld: geen diagnose, geen brief, met uitdrukkelijke toestemming',
  );
  const tasks = await Promise.all(createdBy(sent, 'Task').map((it) => read<Task>('registration-team', it)));
  const asked = tasks.find(({ owner }) => owner?.reference?.endsWith('/neighbourhood-team-zonnerveen'));
  if (!isType(asked, 'Task')) throw new Error('the record made no Task for the neighbourhood team');
  return { socialTask: `Task/${asked.id}` };
}

const plainText = (html: string): readonly string[] =>
  html
    .replace(/<(\/?(p|li|ul|h\d|div|tr|td|th|table|tbody|thead|caption))\b[^>]*>/g, '\n')
    .replace(/<[^>]+>/g, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
