import { transactionOf } from '../delivery/transaction.ts';
import { writeJson } from '../fhir/json.ts';
import type { Dispatch } from '../store/port.ts';
import type { Gateway } from './gateway.ts';
import type { Share } from './give.ts';
import { resourcesOf } from './graph.ts';
import { fhirJson } from './keep.ts';

/** One dispatch for each partner that has an address; its ids stay the same at every attempt. */
export const dispatchesOf =
  ({ world, network }: Pick<Gateway, 'world' | 'network'>, shares: readonly Share[]) =>
  (cause: Pick<Dispatch, 'messageId' | 'correlationId' | 'traceId'>): Dispatch[] =>
    shares
      .filter(({ channel }) => channel === 'fhir-rest')
      .map(({ partner, purpose, bundle, followsTask }) => ({
        id: world.newId(),
        recipient: partner,
        channel: 'fhir-rest',
        kind: purpose,
        body: writeJson(
          transactionOf(resourcesOf(bundle), {
            base: network.settings.baseUrl,
            purpose: purpose === 'status' ? purpose : followsTask ? 'selection' : 'referral',
          }),
        ),
        contentType: fhirJson,
        requestId: world.newId(),
        ...cause,
      }));
