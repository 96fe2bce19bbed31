import { parse } from 'yaml';
import type { ConfigurationSet } from '../configuration/index.ts';
import { type Issue, issue } from '../fhir/issue.ts';
import type { Store } from '../store/port.ts';

type Named = { readonly name: string; readonly region: string; readonly baseUrl: string };

/**
 * A store is of one network: the gateways of two would deliver, route and answer each other's messages. It is the same network
 * while it has its name, or its region and address. Issue: `store-of-another-network`.
 */
export async function otherNetworkIssues(
  store: Pick<Store, 'configurationUses' | 'configuration'>,
  files: ConfigurationSet['files'],
): Promise<readonly Issue[]> {
  const [last] = await store.configurationUses({ count: 1 });
  const before = last && namedIn((await store.configuration(last.digest)) ?? []);
  const now = namedIn(files);
  if (!before || !now || isSame(before, now)) return [];
  return [issue('store-of-another-network', { network: before.name, other: now.name })];
}

const isSame = (one: Named, other: Named): boolean =>
  one.name === other.name || (one.baseUrl === other.baseUrl && one.region === other.region);

function namedIn(files: ConfigurationSet['files']): Named | undefined {
  const file = files.find(({ path }) => path === 'network/network.yaml');
  try {
    const it = parse(file?.text ?? '') as Readonly<Record<string, unknown>>;
    return { name: String(it.name), region: String(it.region), baseUrl: String(it['base-url']).replace(/\/+$/, '') };
  } catch {
    return undefined;
  }
}
