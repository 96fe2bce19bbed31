import { expect, test } from 'vitest';
import { auditEvent } from '../../src/audit/event.ts';
import type { AuditRow } from '../../src/store/port.ts';
import { auditLineOf } from '../../src/tracker/audit-event.ts';

test('the reason of a failed delivery is its code, and then its details', () => {
  const event = auditEvent({
    id: '0198a7e2-0000-7000-8000-000000000001',
    at: new Date('2026-11-30T10:00:00Z'),
    action: 'R',
    interaction: 'deliver',
    outcome: 'refused',
    codes: ['receiver-unreachable: ENOTFOUND'],
    partner: { id: 'mgn-gateway', name: 'Gateway' },
  });
  expect(auditLineOf({ seq: 1, text: JSON.stringify(event) } as AuditRow)).toMatchObject({
    codes: ['receiver-unreachable', 'ENOTFOUND'],
  });
});
