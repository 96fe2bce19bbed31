import { withAddresses } from '../../src/directory/index.ts';
import type { Result } from '../../src/fhir/result.ts';
import { type Configured, demoNetwork, openDeciding } from '../../src/main.ts';

let opened: Promise<Result<Configured>> | undefined;

/**
 * The demo configuration, compiled once per worker: that costs as much as some fifty messages. Gateways share it as
 * successive messages share it in production; only the addresses of the partners differ.
 */
export async function demoConfiguration(addresses: Readonly<Record<string, string>> = {}): Promise<Configured> {
  opened ??= openDeciding({ network: demoNetwork });
  const configured = await opened;
  if (!configured.ok) throw new Error(JSON.stringify(configured.issues));
  const network = withAddresses(configured.value.network, addresses);
  return { ...configured.value, network, placing: { addresses } };
}
