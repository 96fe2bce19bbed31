import { taskIn } from '../bundles.ts';
import type { Scene } from '../scene.ts';

/** The social domain takes on what it is asked, and who referred hears of it. */
export async function playSocialRequest(
  { narrator: teller, move, newArrivals: hear }: Scene,
  task: string,
): Promise<void> {
  teller.heading('The neighbourhood team takes its request on', 'Het wijkteam neemt zijn vraag aan');
  await move('wijkteam-zonnerveen', task, { status: 'accepted' });
  await move('wijkteam-zonnerveen', task, { status: 'in-progress' });
  const heard = await hear();
  teller.expect(
    heard('registration-team').some((it) => taskIn(it)?.status === 'in-progress'),
    'the team that asked knows that help with money has begun',
    'het team dat het vroeg, weet dat de hulp met geld is begonnen',
  );
}
