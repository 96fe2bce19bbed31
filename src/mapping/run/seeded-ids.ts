import { hash } from 'node:crypto';

/** UUIDs derived from a seed: the same run returns the same ids. Version 8 (RFC 9562, 5.8). */
export function seededIds(seed: () => string): () => string {
  let [count, prefix]: [number, string | undefined] = [0, undefined];
  return () => {
    prefix ??= seed();
    const hex = hash('sha256', `${prefix}/${count++}`, 'hex');
    const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  };
}
