/** A profile that cannot be compiled: an unsupported construct, or a definition that contradicts itself. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
  readonly profile: string;
  readonly element: string;
  readonly problem: string;
  constructor(profile: string, element: string, problem: string) {
    super(`${profile}, ${element}: ${problem}`);
    this.profile = profile;
    this.element = element;
    this.problem = problem;
  }
}
