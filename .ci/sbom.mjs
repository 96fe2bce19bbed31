// The bill of materials of a release: what the package depends on at run time, with versions, licences and hashes of the lock
// file, in CycloneDX (https://cyclonedx.org/docs/1.5/json/). Usage: node .ci/sbom.mjs [FILE]
//
// `npm sbom --omit=dev` leaves out what development depends on too (pg, yaml). So npm lists everything here, and what is
// reached from `dependencies` stays. npm names the root after its folder; here it has the name of the package.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const { name, version, dependencies } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const target = process.argv[2] ?? `mgn-gateway-${version}.cdx.json`;
const options = ['sbom', '--sbom-format=cyclonedx', '--sbom-type=application', '--package-lock-only'];
const { status, stdout, stderr } = spawnSync('npm', options, {
  cwd: new URL('..', import.meta.url),
  encoding: 'utf8',
  maxBuffer: 64 * 1024 * 1024,
  shell: process.platform === 'win32',
});
if (status !== 0) {
  process.stderr.write(stderr);
  process.exit(1);
}
const bill = JSON.parse(stdout);
const root = bill.metadata.component;
root.name = name;
const needs = new Map(bill.dependencies.map(({ ref, dependsOn = [] }) => [ref, dependsOn]));
const direct = Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);
const reached = new Set(direct);
for (const ref of reached) for (const needed of needs.get(ref) ?? []) reached.add(needed);
const missing = direct.filter((ref) => !needs.has(ref));
if (missing.length > 0) {
  process.stderr.write(`npm sbom does not list ${missing.join(', ')}\n`);
  process.exit(1);
}
bill.components = bill.components.filter((it) => reached.has(it['bom-ref']));
bill.dependencies = [
  { ref: root['bom-ref'], dependsOn: direct },
  ...bill.dependencies.filter(({ ref }) => reached.has(ref)),
];
writeFileSync(target, `${JSON.stringify(bill, null, 2)}\n`);
process.stdout.write(`${target}: ${bill.components.length} components\n`);
