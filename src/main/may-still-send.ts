import type { MayStillSend } from '../delivery/settings.ts';
import { mayStillDisclose } from '../exchange/consent/still-permitted.ts';
import type { Gateway } from '../exchange/pipeline/gateway.ts';
import { mayStillNotify } from '../notification/index.ts';

/** Whether a dispatch may be sent at this moment, by the configuration in force. */
export const mayStillSendBy =
  (gateway: () => Gateway): MayStillSend =>
  async (dispatch) => {
    const { store, world, grounds } = gateway();
    const notify = await mayStillNotify({ store, world, network: () => gateway().network, grounds })(dispatch);
    return notify.ok ? mayStillDisclose(gateway)(dispatch) : notify;
  };
