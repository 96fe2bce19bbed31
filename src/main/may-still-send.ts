import type { MayStillSend } from '../delivery/settings.ts';
import { mayStillDisclose } from '../exchange/consent/still-permitted.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { mayStillNotify } from '../notification/index.ts';
import { hasRightEnded } from '../operations/index.ts';

/** Whether a dispatch may be sent at this moment, by the configuration in force. */
export const mayStillSendBy =
  (gateway: () => Gateway): MayStillSend =>
  async (dispatch) => {
    const { store, world, grounds } = gateway();
    const notify = await mayStillNotify({ store, world, network: () => gateway().network, grounds })(dispatch);
    if (!notify.ok) return notify;
    // the right may have ended between the judgement of the replay and its commit
    if (dispatch.replay && (await hasRightEnded(store, dispatch))) return { ok: false, because: 'right-ended' };
    return mayStillDisclose(gateway)(dispatch);
  };
