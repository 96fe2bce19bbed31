import { userInfo } from 'node:os';
import { auditEvent } from '../../audit/event.ts';
import { world } from '../../main.ts';
import type { Store } from '../../store/port.ts';

/**
 * Records in the audit trail that somebody at this machine reads data of a person by a command, before anything is shown. The user of the
 * operating system is who it was.
 */
export async function recordReading(
  store: Pick<Store, 'appendAudit'>,
  interaction: 'disclosures' | 'open-receipt',
  references: readonly string[],
): Promise<void> {
  const { username } = userInfo();
  const event = auditEvent({
    id: world.newId(),
    at: world.now(),
    action: 'R',
    interaction,
    outcome: 'success',
    codes: [],
    partner: { id: 'mgn-gateway', name: `mgn-gateway (${username})`, person: { id: username, roles: ['operator'] } },
    references,
  });
  await store.appendAudit([event]);
}
