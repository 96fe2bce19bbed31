/** Version in If-Match; undefined when the header is absent or contains no version. */
export const requestedVersion = (ifMatch: string | undefined): number | undefined => {
  const version = /^\s*(?:W\/)?"(\d+)"\s*$/.exec(ifMatch ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
};
