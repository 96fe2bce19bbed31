import type { HealthcareService } from '@medplum/fhirtypes';
import { expect } from 'vitest';
import { dayIn } from '../../../src/directory/index.ts';
import { writeJson } from '../../../src/fhir/json.ts';
import { setAvailability } from '../../../src/routing/index.ts';
import { type Ask, resourceOf } from '../test-gateway.ts';

/** What a provider told of its places before a message came in (examples/messages, given.told). */
export type ToldFigures = {
  readonly service: string;
  readonly by: string;
  readonly 'intake-weeks': number;
  readonly 'treatment-weeks': number;
  readonly capacity: string;
  readonly 'days-ago': number;
};

/** Tells waiting time and capacity of a service as its provider does: a PUT of the version that was read. */
export async function tellFigures(ask: Ask, told: ToldFigures): Promise<void> {
  const { service, by } = told;
  const path = `/fhir/HealthcareService/${service}`;
  const read = await ask('GET', path, { as: by });
  const measuredOn = dayIn('Europe/Amsterdam', new Date(Date.now() - told['days-ago'] * 86_400_000));
  const figures = {
    waitingTimes: [
      {
        group: null,
        intakeWeeks: told['intake-weeks'],
        treatmentWeeks: told['treatment-weeks'],
        method: 'current',
        measuredOn,
        source: 'provider',
      },
    ],
    capacity: { status: told.capacity, assessedOn: measuredOn },
  };
  const body = writeJson(setAvailability(resourceOf<HealthcareService>(read), figures));
  const answer = await ask('PUT', path, { as: by, body, headers: { 'if-match': String(read.headers.etag) } });
  expect(answer.status, answer.text).toBe(200);
}
