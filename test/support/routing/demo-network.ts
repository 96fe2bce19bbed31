import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadNetwork, type Network } from '../../../src/directory/index.ts';
import type { Result } from '../../../src/fhir/result.ts';
import { compileRoutes, type Routes } from '../../../src/routing/index.ts';

const root = join(import.meta.dirname, '../../..');

export const sound = <T>(result: Result<T>): T => {
  if (result.ok) return result.value;
  throw new Error(result.issues.map(({ line, column, message }) => `${line}:${column} ${message}`).join('\n'));
};

export const demoNetwork = async (): Promise<Network> => sound(await loadNetwork(join(root, 'examples/network')));

export const routesText = (): string => readFileSync(join(root, 'mappings/routes.yaml'), 'utf8');

export const rankingText = (): string => readFileSync(join(root, 'mappings/ranking.yaml'), 'utf8');

export const demoRoutes = ({ directory }: Network): Routes =>
  sound(compileRoutes(routesText(), 'mappings/routes.yaml', directory));

/** The input of a case beside the rules. */
export const caseInput = (name: string) =>
  JSON.parse(readFileSync(join(root, 'mappings/routes/tests', name, 'input.json'), 'utf8'));
