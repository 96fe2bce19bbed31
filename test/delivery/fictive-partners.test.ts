import { expect, test } from 'vitest';
import type { DeliveryLine } from '../../src/delivery/settings.ts';
import { withoutFictive } from '../../src/main/delivery/fictive.ts';
import type { Standing } from '../../src/main/delivery/standing.ts';

/** Partners of the demo do not exist: a line for each retry would hide those that somebody can mend. */
const partner = (...urls: readonly string[]) => ({ name: 'x', addresses: urls.map((url) => ({ url })) });
const standing: Standing = {
  addressRules: {} as Standing['addressRules'],
  partners: new Map([
    ['demo', partner('https://network.example/fhir')],
    ['com', partner('https://ehr.example.com/fhir')],
    ['real', partner('https://ehr.ggz.nl/fhir')],
    ['lookalike', partner('https://myexample.nl/fhir')],
    ['both', partner('https://x.example/fhir', 'https://ehr.ggz.nl/fhir')],
    ['none', partner()],
  ]),
};

test('a retry at an address that is an example is reported once; everything else each time', () => {
  const lines: string[] = [];
  const write = (level: string) => (line: DeliveryLine) =>
    void lines.push(`${level} ${line.outcome} ${line.recipient}`);
  const log = withoutFictive(() => standing, { info: write('info'), error: write('error') });
  const line = (recipient: string, outcome: DeliveryLine['outcome']) => log({ step: 'deliver', outcome, recipient });
  for (const id of ['demo', 'demo', 'com', 'com', 'real', 'real', 'lookalike', 'both', 'none']) line(id, 'retry');
  line('demo', 'dead');
  line('demo', 'delivered');
  log({ step: 'deliver', outcome: 'error' });
  expect(lines).toEqual([
    ...['info retry demo', 'info retry com', 'error retry real', 'error retry real', 'error retry lookalike'],
    ...['error retry both', 'error retry none', 'error dead demo', 'info delivered demo', 'error error undefined'],
  ]);
});
