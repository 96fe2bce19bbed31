import { taskIn } from '../bundles.ts';
import type { Scene } from '../scene.ts';

/** The social domain accepts its request; the referring team receives the status. */
export async function playSocialRequest({ narrator, move, newArrivals }: Scene, task: string): Promise<void> {
  narrator.heading('The neighbourhood team accepts its request', 'Het wijkteam neemt zijn vraag aan');
  await move('wijkteam-zonnerveen', task, { status: 'accepted' });
  await move('wijkteam-zonnerveen', task, { status: 'in-progress' });
  const arrivals = await newArrivals();
  narrator.expect(
    arrivals('registration-team').some((it) => taskIn(it)?.status === 'in-progress'),
    'the requesting team sees that help with money has started',
    'het team dat de hulp vroeg, ziet dat die is begonnen',
  );
}
