import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bundle, OperationOutcome, Task } from '@medplum/fhirtypes';
import type { Step } from '../exchange/way.ts';
import { isType, type Resource } from '../fhir/resource.ts';
import { productFolder } from '../main/own-validator.ts';
import { stepLines } from '../main/step-lines.ts';
import { world } from '../main.ts';
import type { Arrival, Asked, PartnerSystem } from './partner-system.ts';
import type { Stage } from './stage.ts';
import type { Teller } from './teller.ts';

/** A referral from the GP's system to the team that takes it up, and back again; then what happens to unusual ones. */
export async function tellReferral(stage: Stage, teller: Teller): Promise<void> {
  const gp = stage.system('gp-de-linde');
  const team = stage.system('registration-team');
  const referral = await message('005-elz-referral-xml/input.xml');

  teller.heading(
    '1. The GP of Huisartsenpraktijk De Linde refers a person, as its system does today (Nictiz ELZ, XML)',
    '1. De huisarts van Huisartsenpraktijk De Linde verwijst een persoon, zoals haar systeem dat nu doet (Nictiz ELZ, XML)',
  );
  const requestId = world.newId();
  const sent = await send(gp, referral, requestId);
  teller.say(`POST ${stage.base} -> ${sent.status}`, `POST ${stage.base} -> ${sent.status}`);
  await tellSteps(stage, teller, gp.id, requestId);
  teller.expect(sent.status === 200, 'the gateway took the referral in', 'de gateway nam de verwijzing aan');

  teller.heading(
    '2. It arrives at the network, over HTTP, in the profile of the gateway',
    '2. Zij komt over HTTP aan bij het netwerk, in het profiel van de gateway',
  );
  const arrived = await team.arrival(0);
  teller.say(`${team.id} received: ${types(arrived)}`, `${team.id} ontving: ${types(arrived)}`);
  const known = await gp.arrival(0);
  teller.say(
    `${gp.id} was told where its referral is: ${types(known)}`,
    `${gp.id} hoorde waar de verwijzing is: ${types(known)}`,
  );
  teller.expect(
    types(known) === 'Task',
    'the referrer gets the state of its Task and nothing more',
    'de verwijzer krijgt de stand van de Task en niets meer',
  );

  teller.heading('3. The team accepts the Task', '3. Het team neemt de Task aan');
  const task = await accept(team, teller);
  const told = await gp.arrival(1);
  const stand = taskIn(told)?.status;
  teller.expect(
    stand === 'accepted',
    `the GP's system knows: Task ${stand}`,
    `het systeem van de huisarts weet het: Task ${stand}`,
  );
  const now = await gp.ask('GET', `/Task/${task.id}`);
  teller.expect(
    isType(now.body, 'Task') && now.body.status === 'accepted',
    'and reads the same at the gateway',
    'en leest hetzelfde bij de gateway',
  );

  teller.heading(
    '4. The same message again, as after a lost connection',
    '4. Hetzelfde bericht nog eens, zoals na een verbroken verbinding',
  );
  const again = await send(gp, referral, requestId);
  tellRefusal(teller, again);
  teller.expect(
    again.status === 409 && team.arrivals.length === 1,
    'nothing was done twice',
    'er is niets dubbel gedaan',
  );

  teller.heading('5. A person who lives outside the region', '5. Een persoon die buiten de regio woont');
  const outside = world.newId();
  await send(gp, await message('007-outside-every-catchment/input.json'), outside);
  await tellSteps(stage, teller, gp.id, outside);
  const forHuman = taskIn(await team.arrival(1));
  const asked = forHuman?.businessStatus?.coding?.[0]?.code;
  teller.expect(
    asked === 'human-decision',
    'it waits for a human decision, it is not lost',
    'er wordt door een mens over beslist; zij gaat niet verloren',
  );

  teller.heading('6. A message that can not be right', '6. Een bericht dat niet kan kloppen');
  const wrong = await send(gp, await message('024-bsn-fails-elfproef/input.json'), world.newId());
  tellRefusal(teller, wrong);
  teller.expect(
    wrong.status === 422,
    'refused, with the place and the remedy; nothing was stored',
    'geweigerd, met plaats en remedie; er is niets opgeslagen',
  );

  await stage.running.delivery.idle();
  const { waiting, dead } = await stage.running.gateway.store.depth();
  teller.heading('End', 'Einde');
  teller.expect(
    waiting === 0 && dead === 0,
    'everything that was taken in is delivered',
    'alles wat is aangenomen, is afgeleverd',
  );
}

type Message = { readonly body: string; readonly contentType: string };

async function message(path: string): Promise<Message> {
  const body = await readFile(join(productFolder, 'examples/messages', path), 'utf8');
  return { body, contentType: path.endsWith('.xml') ? 'application/fhir+xml' : 'application/fhir+json' };
}

const send = (system: PartnerSystem, { body, contentType }: Message, requestId: string): Promise<Asked> =>
  system.ask('POST', '', { body, contentType, headers: { 'x-request-id': requestId } });

async function tellSteps(stage: Stage, teller: Teller, partner: string, requestId: string): Promise<void> {
  const stored = await stage.running.gateway.store.messageByRequest(partner, requestId);
  const { steps } = JSON.parse(stored?.record ?? '{"steps":[]}') as { readonly steps: readonly Step[] };
  teller.lines(steps.flatMap((it) => stepLines(it, teller.language)));
}

/** Finds its open Task at the gateway, as a ggz EHR does, and accepts the version that it has read. */
async function accept(team: PartnerSystem, teller: Teller): Promise<Task & { id: string }> {
  const found = await team.ask('GET', '/Task?status=requested');
  const task = resourcesOf(found.body).find((it): it is Task & { id: string } => isType(it, 'Task'));
  if (!task) throw new Error('the team found no Task at the gateway');
  teller.say(
    `GET Task?status=requested -> Task/${task.id}, version ${task.meta?.versionId}`,
    `GET Task?status=requested -> Task/${task.id}, versie ${task.meta?.versionId}`,
  );
  const accepted = await team.ask('PATCH', `/Task/${task.id}`, {
    body: JSON.stringify([{ op: 'replace', path: '/status', value: 'accepted' }]),
    contentType: 'application/json-patch+json',
    headers: { 'if-match': `W/"${task.meta?.versionId}"` },
  });
  teller.expect(
    accepted.status === 200,
    `PATCH Task/${task.id} status accepted -> ${accepted.status}`,
    `PATCH Task/${task.id} status accepted -> ${accepted.status}`,
  );
  return task;
}

function tellRefusal(teller: Teller, { status, body }: Asked): void {
  teller.say(`-> ${status}`, `-> ${status}`);
  for (const { severity, details, expression } of (body as OperationOutcome).issue ?? []) {
    if (severity !== 'error' && severity !== 'fatal') continue;
    const code = details?.coding?.[1]?.code;
    teller.say(
      `${code}: ${details?.text} ${expression?.[0] ?? ''}`,
      `${code}: ${dutchOf(details)} ${expression?.[0] ?? ''}`,
    );
  }
}

function dutchOf(details: unknown): string {
  const translations = (
    details as { _text?: { extension?: { extension?: { url: string; valueString?: string }[] }[] } }
  )?._text?.extension;
  return translations?.[0]?.extension?.find(({ url }) => url === 'content')?.valueString ?? '';
}

const resourcesOf = (bundle: Resource): Resource[] =>
  ((bundle as Bundle).entry ?? []).flatMap(({ resource }) => (resource ? [resource] : []));
const taskIn = ({ bundle }: Arrival): Task | undefined =>
  resourcesOf(bundle).find((it): it is Task => isType(it, 'Task'));

function types({ bundle }: Arrival): string {
  const counts = new Map<string, number>();
  for (const { resourceType } of resourcesOf(bundle)) counts.set(resourceType, (counts.get(resourceType) ?? 0) + 1);
  return [...counts].map(([type, count]) => (count === 1 ? type : `${count} ${type}`)).join(', ');
}
