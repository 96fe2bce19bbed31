import { taskIn } from '../bundles.ts';
import { type Message, message } from '../message.ts';
import type { Scene } from '../scene.ts';

/** Messages that fail: none is processed twice, lost, or stored in part. */
export async function playMishaps(
  { narrator, send, newArrivals }: Scene,
  { referral, requestId }: { readonly referral: Message; readonly requestId: string },
): Promise<void> {
  narrator.heading(
    'The same message again, as after a lost connection',
    'Hetzelfde bericht nog eens, zoals na een verbroken verbinding',
  );
  const again = await send('gp-de-linde', referral, { requestId });
  const arrivals = await newArrivals();
  narrator.expect(
    again.status === 409 && arrivals('registration-team').length === 0,
    'nothing was processed twice',
    'er is niets dubbel verwerkt',
  );

  narrator.heading('A person who lives outside the region', 'Een persoon die buiten de regio woont');
  await send('gp-de-linde', await message('007-outside-every-catchment/input.json'));
  const [forHuman] = (await newArrivals())('registration-team');
  narrator.expect(
    forHuman !== undefined && taskIn(forHuman)?.businessStatus?.coding?.[0]?.code === 'human-decision',
    'it waits for a human decision and is not lost',
    'een mens beslist erover; de verwijzing gaat niet verloren',
  );

  narrator.heading('An invalid message', 'Een ongeldig bericht');
  const wrong = await send('gp-de-linde', await message('024-bsn-fails-elfproef/input.json'));
  await newArrivals();
  narrator.expect(
    wrong.status === 422,
    'refused, with the place and the remedy; nothing was stored',
    'geweigerd, met de plaats en de oplossing; er is niets opgeslagen',
  );
}
