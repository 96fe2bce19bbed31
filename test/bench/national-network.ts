/** The made-up country as the folder of a network. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { centres, directoryOf, municipalities } from './national.ts';

export function writeNetwork(folder: string): void {
  const demo = join(import.meta.dirname, '../../examples/network');
  const settings = readFileSync(join(demo, 'network.yaml'), 'utf8')
    .replace(/^organization: .*$/m, 'organization: Organization/o0')
    .replace(/^registration-team: .*$/m, 'registration-team: HealthcareService/s0')
    .replace(/^notifications:\n(?:[ #].*\n|\n)*/m, '')
    .replace(/^watchdog:\n(?:[ #].*\n|\n)*/m, '');
  cpSync(demo, folder, { recursive: true, filter: (it) => !it.endsWith('directory') });
  writeFileSync(join(folder, 'network.yaml'), settings);
  writeFileSync(
    join(folder, 'partners.yaml'),
    `partners:\n  - id: bureau\n    name: Bureau\n    organization: Organization/o0\n    roles: [provider]\n    channel: inbox\n    tokens: [{ sha256: "${'0'.repeat(64)}", comment: nobody has it }]\n`,
  );
  const places = municipalities.map(
    ({ code, name, postcodes: [range] }) =>
      `  - { code: "${code}", name: ${name}, postcodes: ["${range?.from}-${range?.to}"] }`,
  );
  writeFileSync(join(folder, 'places.yaml'), `municipalities:\n${places.join('\n')}\n`);
  const lines = [...centres].map(([postcode, { latitude, longitude }]) => `${postcode};${latitude};${longitude}`);
  writeFileSync(join(folder, 'postcode-centres.csv'), `postcode;latitude;longitude\n${lines.join('\n')}\n`);
  mkdirSync(join(folder, 'directory'));
  let part: string[] = [];
  let count = 0;
  const flush = () => {
    const text = `{"resourceType":"Bundle","type":"collection","entry":[${part.join(',')}]}`;
    writeFileSync(join(folder, 'directory', `${String(count++).padStart(4, '0')}.json`), text);
    part = [];
  };
  for (const resource of directoryOf(1)) {
    part.push(`{"resource":${JSON.stringify(resource)}}`);
    if (part.length === 5_000) flush();
  }
  flush();
}
