import { type AddressRules, openClient } from '../../../outbound/client.ts';
import type { DeliverySettings } from '../../settings.ts';
import type { Channel } from '../channel.ts';
import { classifyAnswer, classifyError, withoutAnswer } from '../classify.ts';
import { longestTimeout } from '../fhir-rest.ts';
import { acknowledged, controlOf } from './acknowledged.ts';
import { exchangeByMllp } from './mllp.ts';

/** HL7 v2 in ER7, over MLLP or HTTP: the body is the message. Its MSH-10 is the same at each attempt, by which a receiver knows it. */
export function openHl7(settings: DeliverySettings, rules: () => AddressRules | undefined): Channel {
  const client = openClient({ rules, timeout: longestTimeout, connections: 16 });
  const limit = settings.maximumAnswer;
  return {
    send: async ({ body }, { destination, timeout = settings.timeout }, _, cut) => {
      if (destination?.kind !== 'hl7v2') return { kind: 'retry', reason: { rule: 'receiver-address-missing' } };
      const { address } = destination;
      const control = controlOf(body);
      // nothing could acknowledge it, and no receiver know it again
      if (control === '') return { kind: 'refused', reason: { rule: 'delivery-damaged' } };
      try {
        if (/^mllps?:/.test(address))
          return acknowledged(await exchangeByMllp(address, body, { rules, timeout, limit, cut }), control);
        const headers = { 'content-type': 'application/hl7-v2; charset=utf-8', accept: 'application/hl7-v2' };
        const answer = await client.request(address, { method: 'POST', headers, body }, { timeout, limit, cut });
        const { status, text } = answer;
        // an acknowledgement counts more than the status that it comes with
        if (text.includes('MSA|')) return { ...acknowledged(text, control), status };
        const verdict = classifyAnswer(status, undefined);
        return verdict.kind === 'delivered' ? { ...withoutAnswer(answer, 'MSA'), status } : { ...verdict, status };
      } catch (error) {
        return classifyError(error);
      }
    },
    close: client.close,
  };
}
