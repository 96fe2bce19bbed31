import type { PublicKey } from '../../directory/index.ts';

/**
 * Keys whose private halves were never stored. With them the signature of an unknown client takes as long to refuse as that of
 * a known one.
 */
export const decoyKeys: readonly PublicKey[] = [
  {
    kid: 'decoy',
    alg: 'RS384',
    jwk: {
      kty: 'RSA',
      e: 'AQAB',
      n: 'oHaKvE626MyFyjCNIcaQ1ROj0IY4REUZmpWkCJq4cfAx8ZwLH6i-prdRdfbQzohAkkxT6d7NFrxT8G-bPT9WVWQeKJzTMQtLTuewuE_y_7x2rHCSwgsj-9glRz3ukahS_wne3YP8A-sI2OxWQvvCDso6XvH5Yofhj11M6bP3N-_JiBMgD50nh2fT6hSEAt5dIczVuw11kpMDrEZX2p4uigFoRUKBh-2kaSRNo3d2LX2z2Cwn6vwAbFVCPcpXz5xj0j7OjPazWdj-XxtpeQSq1-vWKc76aLN-54PC0H0PaP7L4WaygQeEOAu_SB_MJnaHK8TdqiOpC6Ci43M0m1pHVw',
    },
  },
  {
    kid: 'decoy',
    alg: 'ES384',
    jwk: {
      kty: 'EC',
      crv: 'P-384',
      x: 'AIqW0zPl5F-vq2gz6LqdB_lmqbsZEktek2Qvt5cWypkQArtMrUIa4q0WotEjIkms',
      y: 'HAjhE1SvI8N3IZ3qtjYztoQKQ3opKCzclWnbuTPVPntuxGjHIm0I6nDeFbCfNAmv',
    },
  },
];
