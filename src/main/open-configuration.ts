import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CodeSystem } from '@medplum/fhirtypes';
import { type ConfigurationSet, type Folders, readFolders, withFolders } from '../configuration/index.ts';
import { noConsentSource, openConsentSource } from '../consent-source/index.ts';
import { openDefinitions } from '../definitions/registry.ts';
import { addressRulesOf, loadNetwork, type Network, withAddresses } from '../directory/index.ts';
import { compileGrounds, type Grounds } from '../disclosure/index.ts';
import { partnerShapeIssues } from '../exchange/disclose/shape.ts';
import { kindNames } from '../exchange/kinds.ts';
import { compileIntake, compileTaskCodes } from '../exchange/maps/intake.ts';
import { compileOutgoing } from '../exchange/maps/outgoing.ts';
import { mapTerminology } from '../exchange/maps/terminology.ts';
import type { DecisionContext } from '../exchange/pipeline/gateway.ts';
import { mgnProfile } from '../fhir/canonical.ts';
import { digestOf } from '../fhir/digest.ts';
import { isError, issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { configuredIssues } from '../notification/index.ts';
import { compileRanking, compileRoutes } from '../routing/index.ts';
import { noTerminology, openTerminology, type Terminology } from '../terminology/index.ts';
import { gatewayPolicy, openOwnValidator, productFolder } from './own-validator.ts';
import { projectionsOfSet } from './projection-files.ts';
import { openMaps } from './published-maps.ts';
import { world } from './world.ts';

/** Settings of one installation, the same for every configuration set. */
export type Installation = {
  /** Public FHIR base of the gateway; absent: that of the network. */
  readonly baseUrl?: string;
  /** Replacement addresses of partners, by id: demo and tests put partner systems on loopback. */
  readonly addresses?: Readonly<Record<string, string>>;
};

/** A compiled configuration set, with the set and the installation it was compiled for. */
export type Configuration = DecisionContext & { readonly set: ConfigurationSet; readonly installation: Installation };

export type Options = Installation & {
  /** Folder of the network: network.yaml, partners.yaml, places.yaml, directory/. */
  readonly network: string;
  readonly mappings?: string;
  /** Folder of the FHIR package of the profiles. */
  readonly profiles?: string;
};

/** Folders of the parts of a set; the defaults are those of the product. */
export const foldersOf = ({ network, mappings, profiles }: Options): Folders => ({
  network,
  mappings: mappings ?? join(productFolder, 'mappings'),
  profiles: profiles ?? join(productFolder, 'profiles/package'),
});

/**
 * Loads and compiles a configuration from folders: network, profiles, maps, intake forms, routes. Reports all its
 * mistakes at once, at start rather than at run time.
 */
export async function openConfiguration(options: Options): Promise<Result<Configuration>> {
  const folders = foldersOf(options);
  const set = await readFolders(folders);
  return set.ok ? compile(set.value, folders, options) : set;
}

/** The same from a stored set; issues name files by their paths in the set. */
export const openSet = (set: ConfigurationSet, installation: Installation): Promise<Result<Configuration>> =>
  withFolders(set, (folders) => compile(set, folders, installation));

async function compile(
  set: ConfigurationSet,
  folders: Folders,
  installation: Installation,
): Promise<Result<Configuration>> {
  const { baseUrl, addresses = {} } = installation;
  const loaded = await loadNetwork(folders.network, world.now());
  if (!loaded.ok) return loaded;
  const projections = projectionsOfSet(set);
  const moved = networkAt(loaded.value, { addresses, ...(baseUrl ? { baseUrl } : {}) });
  const network = projections.ok ? { ...moved, projections: projections.value } : moved;
  const required = ['intake', 'routes', 'ranking', 'outgoing'].map((name) => `mappings/${name}.yaml`);
  const texts = new Map(set.files.map(({ path, text }) => [path, text]));
  const missing = required.filter((file) => !texts.has(file));
  if (missing.length) return failure(...missing.map((file) => issue('config-unreadable', { file, problem: 'ENOENT' })));
  const [intake = '', rules = '', weights = '', outgoingText = ''] = required.map((file) => texts.get(file));
  const ranking = compileRanking(weights, 'mappings/ranking.yaml');
  const profiles = set.files.filter(({ path }) => path.startsWith('profiles/'));
  const published = openMaps(folders.mappings, {
    terminology: mapTerminology(() => openDefinitions({ packages: [folders.profiles] })),
    digest: digestOf(profiles.map(({ path, digest }) => [path, digest])),
  });
  const forms = published.ok ? compileIntake(intake, 'mappings/intake.yaml', published.value, kindNames) : published;
  const taskCodes = compileTaskCodes(intake, 'mappings/intake.yaml', kindNames, (path) => texts.get(path));
  const outgoing = published.ok ? compileOutgoing(outgoingText, 'mappings/outgoing.yaml', published.value) : published;
  const grounds = compileGrounds(
    texts.get('mappings/grounds.yaml') ?? productGrounds(),
    'mappings/grounds.yaml',
    legalBasisCodes(texts),
  );
  const routes = compileRoutes(rules, 'mappings/routes.yaml', network.directory);
  if (
    !published.ok ||
    !forms.ok ||
    !outgoing.ok ||
    !routes.ok ||
    !ranking.ok ||
    !taskCodes.ok ||
    !grounds.ok ||
    !projections.ok
  ) {
    const ofMaps = published.ok ? [...forms.issues, ...taskCodes.issues, ...outgoing.issues] : published.issues;
    return failure(...ofMaps, ...routes.issues, ...ranking.issues, ...grounds.issues, ...projections.issues);
  }
  const validator = await openOwnValidator([], { ...gatewayPolicy, waive: waiverReasons(network) }, folders.profiles);
  const invalid = network.resources.flatMap((resource) => validator.validate(resource).issues.filter(isError));
  const wrong = [
    ...invalid,
    ...partnerShapeIssues(network, outgoing.value),
    ...configuredIssues(network, world.now()),
    ...agreedBasisIssues(network, grounds.value),
  ];
  if (wrong.length) return failure(...wrong);
  for (const name of ['referral-bundle', 'coordination-task']) validator.check(mgnProfile(name));
  return success(
    {
      network,
      validator,
      terminology: terminologyOf(network),
      forms: forms.value,
      taskCodes: taskCodes.value,
      maps: published.value,
      outgoing: outgoing.value,
      // the record of a decision contains this digest, by which the set is loaded to replay the decision
      routes: { ...routes.value, digest: set.digest },
      ranking: ranking.value,
      grounds: grounds.value,
      consentSource: network.settings.consentSource
        ? openConsentSource(network.settings.consentSource, () => addressRulesOf(network.settings))
        : noConsentSource,
      world,
      configuration: set.digest,
      set,
      installation,
    },
    loaded.issues,
  );
}

/** Legal bases agreed with a partner that open nothing on the side that they are agreed for. */
const agreedBasisIssues = ({ partners }: Network, grounds: Grounds) =>
  [...partners.values()].flatMap(({ id, coordinationTask }) =>
    (
      [
        ['care', coordinationTask?.legalBasis.care],
        ['social', coordinationTask?.legalBasis['social-domain']],
      ] as const
    ).flatMap(([side, code]) =>
      code === undefined || grounds.get(code)?.within[side]
        ? []
        : [issue('ground-opens-nothing', { file: 'network/partners.yaml', partner: id, code, side })],
    ),
  );

/** A set from before the file existed was decided by the rules that the product's file has. */
const productGrounds = (): string => readFileSync(join(productFolder, 'mappings/grounds.yaml'), 'utf8');

/** Codes of CodeSystem mgn-legal-basis in the profiles of the set; none where it has no such file. */
function legalBasisCodes(texts: ReadonlyMap<string, string>): readonly string[] {
  const text = texts.get('profiles/CodeSystem-mgn-legal-basis.json');
  return text ? ((JSON.parse(text) as CodeSystem).concept ?? []).flatMap(({ code }) => code ?? []) : [];
}

const terminologyOf = ({ settings }: Network): Terminology =>
  settings.terminology
    ? openTerminology(
        settings.terminology,
        () => world.now().getTime(),
        () => addressRulesOf(settings),
      )
    : noTerminology;

/** Reason of each waiver, by canonical: reported with every code that passes unchecked. */
export const waiverReasons = ({ settings }: Network): Record<string, string> =>
  Object.fromEntries(settings.terminologyWaivers.map(({ canonical, reason }) => [canonical, reason]));

function networkAt(network: Network, { baseUrl, addresses = {} }: Installation): Network {
  const moved = withAddresses(network, addresses);
  return baseUrl ? { ...moved, settings: { ...moved.settings, baseUrl } } : moved;
}
