import { requestOnce } from '../../outbound/client.ts';
import type { Narrator } from '../narrator.ts';
import type { Stage } from '../stage.ts';

/** What whoever runs the gateway measures of all this, and that a partner does not read it (docs/operate/monitoring.md). */
export async function playOperator({ base }: Pick<Stage, 'base'>, narrator: Narrator): Promise<void> {
  narrator.heading('What the operator measures', 'Wat de beheerder meet');
  const metricsFor = (token: string) =>
    requestOnce(base.replace(/\/fhir$/, '/metrics'), {
      method: 'GET',
      headers: { authorization: `Bearer ${token}`, accept: 'text/plain' },
    });
  const [operator, partner] = [await metricsFor('demo-operator'), await metricsFor('demo-gp-de-linde')];
  const lines = operator.text.split('\n').filter((line) => shown.test(line));
  narrator.lines(lines);
  narrator.expect(
    operator.status === 200 && lines.length > 0 && !/Proefpersoon|9999\d{5}\b/.test(lines.join('\n')),
    'counts by partner, use case and code, and nobody of whom they are',
    'aantallen per partner, soort en code, en niemand over wie ze gaan',
  );
  narrator.expect(
    partner.status === 403,
    'a partner does not read them: they would reveal what others send',
    'een partner leest ze niet: ze zouden laten zien wat anderen sturen',
  );
}

const shown =
  /^mgn_(?:messages_received_total|messages_refused_total|delivery_attempts_total|objective_events_total|outbox_dead)\b/;
