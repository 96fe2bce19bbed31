import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The folders of a network: that of network.yaml, or one with `network/` and, for rules of its own, `mappings/`, as
 * `mgn new-network` makes it.
 */
export function networkFolders(
  folder: string,
  mappings?: string,
): { readonly network: string; readonly mappings?: string } {
  const isWhole = !existsSync(join(folder, 'network.yaml')) && existsSync(join(folder, 'network', 'network.yaml'));
  const own = mappings ?? (isWhole && existsSync(join(folder, 'mappings')) ? join(folder, 'mappings') : undefined);
  return { network: isWhole ? join(folder, 'network') : folder, ...(own === undefined ? {} : { mappings: own }) };
}
