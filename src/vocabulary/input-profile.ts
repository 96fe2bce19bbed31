/** Whether the sender wrote the gateway's own profile, or a map made it from another one. */
export type InputProfile = 'gateway-profile' | 'mapped';
