/** The version that If-Match names; undefined when it names none. */
export const requestedVersion = (ifMatch: string | undefined): number | undefined => {
  const version = /^\s*(?:W\/)?"(\d+)"\s*$/.exec(ifMatch ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
};
