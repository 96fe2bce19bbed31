import { taskIn } from '../bundles.ts';
import { type Message, message } from '../message.ts';
import type { Scene } from '../scene.ts';

/** What happens to messages that go wrong: none is done twice, lost, or half taken in. */
export async function playMishaps(
  { narrator: teller, send, newArrivals: hear }: Scene,
  { referral, requestId }: { readonly referral: Message; readonly requestId: string },
): Promise<void> {
  teller.heading(
    'The same message again, as after a lost connection',
    'Hetzelfde bericht nog eens, zoals na een verbroken verbinding',
  );
  const again = await send('gp-de-linde', referral, { requestId });
  const unheard = await hear();
  teller.expect(
    again.status === 409 && unheard('registration-team').length === 0,
    'nothing was done twice',
    'er is niets dubbel gedaan',
  );

  teller.heading('A person who lives outside the region', 'Een persoon die buiten de regio woont');
  await send('gp-de-linde', await message('007-outside-every-catchment/input.json'));
  const [forHuman] = (await hear())('registration-team');
  teller.expect(
    forHuman !== undefined && taskIn(forHuman)?.businessStatus?.coding?.[0]?.code === 'human-decision',
    'it waits for a human decision, it is not lost',
    'er wordt door een mens over beslist; zij gaat niet verloren',
  );

  teller.heading('A message that can not be right', 'Een bericht dat niet kan kloppen');
  const wrong = await send('gp-de-linde', await message('024-bsn-fails-elfproef/input.json'));
  await hear();
  teller.expect(
    wrong.status === 422,
    'refused, with the place and the remedy; nothing was stored',
    'geweigerd, met plaats en remedie; er is niets opgeslagen',
  );
}
