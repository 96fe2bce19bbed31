/** Profile of the received message: the gateway's own, or another one converted by a map. */
export type InputProfile = 'gateway-profile' | 'mapped';
