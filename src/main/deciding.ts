import { join } from 'node:path';
import { type ConfigurationSet, type Folders, readFolders, withFolders } from '../configuration/index.ts';
import { loadNetwork, type Network, withAddresses } from '../directory/index.ts';
import { kindNames } from '../exchange/kinds.ts';
import { compileIntake } from '../exchange/maps/intake.ts';
import { compileOutgoing } from '../exchange/maps/outgoing.ts';
import type { DecisionContext } from '../exchange/pipeline/gateway.ts';
import { mgnProfile } from '../fhir/canonical.ts';
import { isError, issue } from '../fhir/issue.ts';
import { failure, type Result, success } from '../fhir/result.ts';
import { configuredIssues } from '../notification/index.ts';
import { compileRanking, compileRoutes } from '../routing/index.ts';
import { noTerminology, openTerminology, type Terminology } from '../terminology/index.ts';
import { openOwnValidator, productFolder } from './own-validator.ts';
import { openMaps } from './published-maps.ts';
import { world } from './world.ts';

/** What one installation has of its own, whichever set decides. */
export type Placing = {
  /** FHIR base under which partners reach the gateway; the network's own when absent. */
  readonly baseUrl?: string;
  /** Other addresses for some partners, by id: how demo and tests put them on loopback. */
  readonly addresses?: Readonly<Record<string, string>>;
};

/** What decides, compiled from a set, with the set that it was compiled from. */
export type Configured = DecisionContext & { readonly set: ConfigurationSet; readonly placing: Placing };

export type Options = Placing & {
  /** Folder of the network: network.yaml, partners.yaml, places.yaml, directory/. */
  readonly network: string;
  readonly mappings?: string;
  /** Folder of the FHIR package of the profiles. */
  readonly profiles?: string;
};

/** Where the parts of a set lie: those of the product where the options name no other. */
export const foldersOf = ({ network, mappings, profiles }: Options): Folders => ({
  network,
  mappings: mappings ?? join(productFolder, 'mappings'),
  profiles: profiles ?? join(productFolder, 'profiles/package'),
});

/**
 * Loads and compiles everything that decides: network, profiles, maps, intake forms, routes. Nothing is left to fail at
 * run time that can be known now; all mistakes of a configuration are told at once.
 */
export async function openDeciding(options: Options): Promise<Result<Configured>> {
  const folders = foldersOf(options);
  const set = await readFolders(folders);
  return set.ok ? compile(set.value, folders, options) : set;
}

/** The same from a set that the store remembers; files are told by their paths in the set. */
export const openSet = (set: ConfigurationSet, placing: Placing): Promise<Result<Configured>> =>
  withFolders(set, (folders) => compile(set, folders, placing));

async function compile(set: ConfigurationSet, folders: Folders, placing: Placing): Promise<Result<Configured>> {
  const { baseUrl, addresses = {} } = placing;
  const loaded = await loadNetwork(folders.network, world.now());
  if (!loaded.ok) return loaded;
  const network = placed(loaded.value, { addresses, ...(baseUrl ? { baseUrl } : {}) });
  const told = ['intake', 'routes', 'ranking', 'outgoing'].map((name) => `mappings/${name}.yaml`);
  const texts = new Map(set.files.map(({ path, text }) => [path, text]));
  const missing = told.filter((file) => !texts.has(file));
  if (missing.length) return failure(...missing.map((file) => issue('config-unreadable', { file, problem: 'ENOENT' })));
  const [intake = '', rules = '', weights = '', given = ''] = told.map((file) => texts.get(file));
  const ranking = compileRanking(weights, 'mappings/ranking.yaml');
  const published = openMaps(folders.mappings);
  const forms = published.ok ? compileIntake(intake, 'mappings/intake.yaml', published.value, kindNames) : published;
  const outgoing = published.ok ? compileOutgoing(given, 'mappings/outgoing.yaml', published.value) : published;
  const routes = compileRoutes(rules, 'mappings/routes.yaml', network.directory);
  if (!published.ok || !forms.ok || !outgoing.ok || !routes.ok || !ranking.ok) {
    const ofMaps = published.ok ? [...forms.issues, ...outgoing.issues] : published.issues;
    return failure(...ofMaps, ...routes.issues, ...ranking.issues);
  }
  const validator = await openOwnValidator([], { waive: waived(network) }, folders.profiles);
  const misfits = network.resources.flatMap((resource) => validator.validate(resource).issues.filter(isError));
  const unfit = [...misfits, ...configuredIssues(network, world.now())];
  if (unfit.length) return failure(...unfit);
  for (const name of ['referral-bundle', 'coordination-task']) validator.check(mgnProfile(name));
  return success(
    {
      network,
      validator,
      terminology: terminologyOf(network),
      forms: forms.value,
      maps: published.value,
      outgoing: outgoing.value,
      // the record of a decision names the set: it is found again by that, and decides the same
      routes: { ...routes.value, digest: set.digest },
      ranking: ranking.value,
      world,
      configuration: set.digest,
      set,
      placing,
    },
    loaded.issues,
  );
}

const terminologyOf = ({ settings: { terminology } }: Network): Terminology =>
  terminology ? openTerminology(terminology, () => world.now().getTime()) : noTerminology;

/** Who waived what: shown with every code that passes unchecked. */
const waived = ({ settings }: Network): Record<string, string> =>
  Object.fromEntries(settings.terminologyWaivers.map(({ canonical, reason }) => [canonical, reason]));

function placed(network: Network, { baseUrl, addresses = {} }: Placing): Network {
  const moved = withAddresses(network, addresses);
  return baseUrl ? { ...moved, settings: { ...moved.settings, baseUrl } } : moved;
}
