import { withAddresses } from '../../src/directory/index.ts';
import type { Result } from '../../src/fhir/result.ts';
import { type Configuration, demoNetwork, openConfiguration } from '../../src/main.ts';

let opened: Promise<Result<Configuration>> | undefined;

/**
 * The demo configuration, compiled once per worker: that costs as much as some fifty messages. Gateways share it as
 * successive messages share it in production; only the addresses of the partners differ.
 */
export async function demoConfiguration(addresses: Readonly<Record<string, string>> = {}): Promise<Configuration> {
  opened ??= openConfiguration({ network: demoNetwork });
  const configured = await opened;
  if (!configured.ok) throw new Error(JSON.stringify(configured.issues));
  const network = withAddresses(configured.value.network, addresses);
  return { ...configured.value, network, installation: { addresses } };
}
