import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { httpUrl } from '../options.ts';
import {
  idOf,
  municipalityIn,
  type NetworkPlan,
  type PlannedMunicipality,
  type PlannedPartner,
  type PlannedTeam,
  partnerIn,
  partnerKinds,
  plainText,
  teamIn,
} from './plan.ts';
import { writeNetwork } from './write-network.ts';

type Options = {
  readonly name?: string;
  readonly region?: string;
  readonly municipality?: readonly PlannedMunicipality[];
  readonly team?: readonly PlannedTeam[];
  readonly partner?: readonly PlannedPartner[];
  readonly baseUrl: string;
};

const help = `
Asks for what the options leave out, on a terminal. Example:
  mgn new-network veen --region Veenland --municipality "Veendorp=9801:1281-1289" --partner "gp-de-brug=gp:Huisartsen De Brug"
Kinds of partners: ${Object.keys(partnerKinds).join(', ')}.`;

/** `mgn new-network DIR`: a folder that starts. */
export const registerNewNetwork = (program: Command): void => {
  program
    .command('new-network <dir>')
    .description('write the folder of a new network, with its own routes, which starts: mgn serve --network DIR')
    .option('--region <name>', 'name of the region', plainText)
    .option('--name <name>', 'name of the network; by default from the region', plainText)
    .option('--municipality <text>', 'name, code and postcodes: "Utrecht=0344:3511-3585"; repeat', municipalityIn)
    .option('--team <text>', 'who conducts the exploratory conversations: "Utrecht=Team Oost"; repeat', teamIn)
    .option('--partner <text>', 'id, kind, name, and address: "ggz-noord=ggz:GGZ Noord@https://..."; repeat', partnerIn)
    .option('--base-url <url>', 'FHIR base at which partners reach it', httpUrl, 'http://localhost:8080/fhir')
    .addHelpText('after', help)
    .action(async (dir: string, options: Options) => {
      const plan = await planOf(options);
      writeNetwork(dir, plan);
      const first = plan.partners[0]?.id ?? 'registration-team';
      process.stdout.write(
        [
          `${dir}: ${plan.name}, ${plan.municipalities.length} municipalities, ${plan.partners.length} partners`,
          'Next:',
          `  mgn network check ${dir}`,
          `  mgn token ${first} --network ${dir}`,
          `  mgn serve --network ${dir}`,
          '',
        ].join('\n'),
      );
    });
};

async function planOf(options: Options): Promise<NetworkPlan> {
  const { region = '', municipality = [], team = [], partner = [] } = options;
  const asked = region && municipality.length ? options : await ask(options);
  const towns = asked.municipality ?? [];
  const names = new Set(towns.map(({ name }) => name));
  const lost = (asked.team ?? team).find((it) => !names.has(it.municipality));
  if (lost) throw new Error(`--team names ${lost.municipality}, which is no municipality of this network.`);
  if (new Set(towns.map(({ name }) => idOf(name))).size < towns.length)
    throw new Error('Two municipalities have the same name.');
  const where = asked.region ?? '';
  return {
    name: asked.name ?? `Mentaal gezondheidsnetwerk ${where}`,
    region: where,
    baseUrl: options.baseUrl,
    municipalities: towns,
    teams: asked.team ?? team,
    partners: asked.partner ?? partner,
  };
}

async function ask(options: Options): Promise<Options> {
  if (!process.stdin.isTTY)
    throw new Error('Without a terminal, --region and at least one --municipality are required. Nothing was written.');
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  const line = async (question: string) => (await asking.question(question)).trim();
  const list = async <T>(
    question: string,
    before: readonly T[] | undefined,
    read: (text: string, all: readonly T[]) => readonly T[],
  ) => {
    let all = before ?? [];
    if (all.length) return all;
    for (let text = await line(question); text; text = await line('  another, or Enter: ')) {
      try {
        all = read(text, all);
      } catch (why) {
        process.stderr.write(`  ${(why as Error).message}\n`);
      }
    }
    return all;
  };
  try {
    let region = options.region ?? '';
    while (!region) region = plainText(await line('Name of the region: '));
    let municipality = await list('A municipality ("Utrecht=0344:3511-3585"): ', options.municipality, municipalityIn);
    while (!municipality.length)
      municipality = await list('At least one municipality ("Utrecht=0344:3511-3585"): ', undefined, municipalityIn);
    const team = await list('Its team, or Enter ("Utrecht=Team Oost"): ', options.team, teamIn);
    const partner = await list(
      'A partner, or Enter ("gp-de-brug=gp:Huisartsen De Brug"): ',
      options.partner,
      partnerIn,
    );
    return { ...options, region, municipality, team, partner };
  } finally {
    asking.close();
  }
}
