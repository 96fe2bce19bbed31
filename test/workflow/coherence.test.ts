import type { Bundle, ServiceRequest, Task } from '@medplum/fhirtypes';
import { describe, expect, test } from 'vitest';
import { mgnCodeSystem } from '../../src/fhir/canonical.ts';
import { coherence } from '../../src/workflow/index.ts';
import { caseInput } from '../support/routing/demo-network.ts';

function found(
  change: { task?: Partial<Task>; order?: Partial<ServiceRequest> },
  source: 'gateway-profile' | 'mapped' = 'gateway-profile',
) {
  const graph: Bundle = caseInput('municipality-zonnerveen');
  for (const { resource } of graph.entry ?? []) {
    if (resource?.resourceType === 'Task') Object.assign(resource, change.task);
    if (resource?.resourceType === 'ServiceRequest') Object.assign(resource, change.order);
  }
  return coherence(graph, source).map(({ severity, rule, expression }) => `${severity} ${rule} ${expression}`);
}

describe('a new referral', () => {
  test('that is coherent has no findings', () => expect(found({})).toEqual([]));

  test('has a Task that is requested, and nothing else', () => {
    expect(found({ task: { status: 'accepted' } })).toEqual(['error task-not-requested Task.status']);
    expect(found({ task: { status: 'draft' } }, 'mapped')).toEqual(['error task-not-requested Task.status']);
  });

  test('has a legal basis', () => {
    expect(found({ task: { extension: [] } })).toEqual(['error legal-basis-missing Task.extension']);
  });

  test('has an active order; a mapped one that its own system closed is only warned of', () => {
    expect(found({ order: { status: 'completed' } })).toEqual(['error order-not-active ServiceRequest.status']);
    expect(found({ order: { status: 'completed' } }, 'mapped')).toEqual([
      'warning order-not-active ServiceRequest.status',
    ]);
    expect(found({ order: { status: 'revoked' } }, 'mapped')).toEqual(['error order-not-active ServiceRequest.status']);
  });

  test('has a Task about its own order and person', () => {
    expect(found({ task: { focus: { reference: 'ServiceRequest/another' } } })).toEqual([
      'error focus-mismatch Task.focus',
    ]);
    expect(found({ task: { for: { reference: 'Patient/another' } } })).toEqual(['error person-mismatch Task.for']);
  });

  test('says the same use case twice', () => {
    const category = [{ coding: [{ system: mgnCodeSystem('use-case'), code: 'transfer' }] }];
    expect(found({ order: { category } })).toEqual(['error use-case-mismatch Task.code']);
  });

  test('has no business status that belongs later', () => {
    const businessStatus = { coding: [{ system: mgnCodeSystem('business-status'), code: 'handed-over' }] };
    expect(found({ task: { businessStatus } })).toEqual(['error business-status-invalid Task.businessStatus']);
  });
});
