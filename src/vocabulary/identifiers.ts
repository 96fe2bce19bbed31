import type { Identifier } from '@medplum/fhirtypes';
import { mgnNaming } from '../fhir/canonical.ts';

/** The gateway's id of a resource as a business identifier: receivers retain it when they assign an id of their own. */
export const resourceIdentifier = (id: string): Identifier => ({ system: mgnNaming('resource'), value: id });

/** The identifier by which both sides of a coordination refer to one Task. */
export const taskIdentifier = (id: string): Identifier => ({ system: mgnNaming('task'), value: id });
