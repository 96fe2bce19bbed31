import { message } from './message.ts';
import { setScene } from './scene.ts';
import type { Stage } from './stage.ts';
import { tellConsultation } from './story/consultation.ts';
import { tellConversation } from './story/conversation.ts';
import { tellEnd } from './story/end.ts';
import { tellMishaps } from './story/mishaps.ts';
import { tellReferral } from './story/referral.ts';
import { tellSocialRequest } from './story/social-request.ts';
import { tellTransfer } from './story/transfer.ts';
import type { Teller } from './teller.ts';

/** What happens to one person, who does not exist: from the referral to the end, and then what goes wrong elsewhere. */
export async function tellStory(stage: Stage, teller: Teller): Promise<void> {
  const scene = setScene(stage, teller);
  const referral = await message('005-elz-referral-xml/input.xml');
  const { first, requestId } = await tellReferral(scene, referral);
  const { socialTask } = await tellConversation(scene, first);
  await tellSocialRequest(scene, socialTask);
  const place = await tellTransfer(scene, first);
  const agreed = await tellConsultation(scene, first);
  await tellEnd(scene, { first, place, socialTask, agreed });
  await tellMishaps(scene, { referral, requestId });

  teller.heading('Everything told', 'Alles verteld');
  const { waiting, dead } = await stage.running.gateway.store.depth();
  teller.expect(
    waiting === 0 && dead === 0,
    'everything that was taken in is delivered',
    'alles wat is aangenomen, is afgeleverd',
  );
}
