/** Paths at which a person is not logged in yet, or at which `Gateway.authenticate` does not count who is refused. */
const ofLogin = /^https?:\/\/[^/]*\/(?:login|logout|session|emergency)(?:[/?#]|$)/;

/** Whether a request may have the session of a person: it is then limited by who it is, or as a refused login. */
export const mayHaveSession = (cookies: string | undefined, url: string): boolean =>
  cookies?.includes('mgn-session=') === true && !ofLogin.test(url);
