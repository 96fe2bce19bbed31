import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Subscription } from '@medplum/fhirtypes';

export const referral = readFileSync(
  join(import.meta.dirname, '../../../examples/messages/001-referral-as-collection/input.json'),
);

const backport = 'http://hl7.org/fhir/uv/subscriptions-backport/StructureDefinition';

export type SubscriptionRequest = {
  readonly endpoint: string;
  readonly topic?: string;
  readonly filter?: string;
  readonly content?: string;
  readonly heartbeat?: number;
};

/** A Subscription as another vendor writes it: from the backport guide, not from our code. */
export const subscriptionRequest = ({
  endpoint,
  topic = 'https://mgn.example/fhir/SubscriptionTopic/mgn-task-registration',
  filter = 'owner=HealthcareService/conversation-zonnerveen',
  content = 'id-only',
  heartbeat,
}: SubscriptionRequest) =>
  ({
    resourceType: 'Subscription',
    meta: { profile: [`${backport}/backport-subscription`] },
    status: 'requested',
    reason: 'New referrals for our team',
    criteria: topic,
    _criteria: { extension: [{ url: `${backport}/backport-filter-criteria`, valueString: filter }] },
    channel: {
      ...(heartbeat
        ? { extension: [{ url: `${backport}/backport-heartbeat-period`, valueUnsignedInt: heartbeat }] }
        : {}),
      type: 'rest-hook',
      endpoint,
      payload: 'application/fhir+json',
      _payload: { extension: [{ url: `${backport}/backport-payload-content`, valueCode: content }] },
    },
  }) as Subscription;
