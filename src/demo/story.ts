import { message } from './message.ts';
import type { Narrator } from './narrator.ts';
import { setScene } from './scene.ts';
import type { Stage } from './stage.ts';
import { playConsultation } from './story/consultation.ts';
import { playConversation } from './story/conversation.ts';
import { playEnd } from './story/end.ts';
import { playMishaps } from './story/mishaps.ts';
import { playReferral } from './story/referral.ts';
import { playSocialRequest } from './story/social-request.ts';
import { playTransfer } from './story/transfer.ts';

/** What happens to one person, who does not exist: from the referral to the end, and then what goes wrong elsewhere. */
export async function playStory(stage: Stage, teller: Narrator): Promise<void> {
  const scene = setScene(stage, teller);
  const referral = await message('005-elz-referral-xml/input.xml');
  const { first, requestId } = await playReferral(scene, referral);
  const { socialTask } = await playConversation(scene, first);
  await playSocialRequest(scene, socialTask);
  const place = await playTransfer(scene, first);
  const agreed = await playConsultation(scene, first);
  await playEnd(scene, { first, place, socialTask, agreed });
  await playMishaps(scene, { referral, requestId });

  teller.heading('Everything told', 'Alles verteld');
  const { waiting, dead } = await stage.running.gateway.store.depth();
  teller.expect(
    waiting === 0 && dead === 0,
    'everything that was taken in is delivered',
    'alles wat is aangenomen, is afgeleverd',
  );
}
