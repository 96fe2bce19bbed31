/** Hosts to which `http://` is permitted by `plain-http` in network.yaml, in lower case; undefined: every host. */
export type PlainHttpHosts = ReadonlySet<string> | undefined;

/**
 * Why data of persons must not be sent to an address: it is not a URL, or it is another machine without TLS. Undefined
 * when it may.
 */
export function addressProblem(address: string, permitted: PlainHttpHosts): 'not a URL' | { host: string } | undefined {
  const url = URL.parse(address);
  if (!url) return 'not a URL';
  const isPermitted = permitted === undefined || isLoopback(url.hostname) || permitted.has(url.hostname);
  return url.protocol === 'http:' && !isPermitted ? { host: url.hostname } : undefined;
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
