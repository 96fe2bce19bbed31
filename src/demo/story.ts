import { message } from './message.ts';
import type { Narrator } from './narrator.ts';
import { setScene } from './scene.ts';
import type { Stage } from './stage.ts';
import { playConsultation } from './story/consultation.ts';
import { playConversation } from './story/conversation.ts';
import { playEnd } from './story/end.ts';
import { playMishaps } from './story/mishaps.ts';
import { playOperator } from './story/operator.ts';
import { playReferral } from './story/referral.ts';
import { playSocialRequest } from './story/social-request.ts';
import { playTransfer } from './story/transfer.ts';

/** The journey of one fictive person, from the referral to the end, followed by messages that fail. */
export async function playStory(stage: Stage, narrator: Narrator): Promise<void> {
  const scene = setScene(stage, narrator);
  const referral = await message('005-elz-referral-xml/input.xml');
  const { first, requestId } = await playReferral(scene, referral);
  const { socialTask } = await playConversation(scene, first);
  await playSocialRequest(scene, socialTask);
  const place = await playTransfer(scene, first);
  const agreed = await playConsultation(scene, first);
  await playEnd(scene, { first, place, socialTask, agreed });
  await playMishaps(scene, { referral, requestId });

  narrator.heading('Everything delivered', 'Alles afgeleverd');
  const { waiting, dead } = await stage.running.gateway.store.depth();
  narrator.expect(
    waiting === 0 && dead === 0,
    'all accepted messages are delivered',
    'alle aangenomen berichten zijn afgeleverd',
  );
  await playOperator(stage, narrator);
}
