/**
 * Segments and data types of HL7 v2.5 (chapters 2A, 3, 6, 7 and 11), as far as messages of patient referral (chapter 11) use
 * them, with the standard's names in camel case. A list is the components of a data type in order; `*` after a type: the
 * field repeats.
 */
export type Fields = Readonly<Record<number, readonly [name: string, type: string]>>;

const coded = ['identifier', 'text', 'codingSystem', 'alternateIdentifier', 'alternateText', 'alternateCodingSystem'];

/** Components by data type; `name:TYPE` has subcomponents. A type that is not listed is text. */
export const dataTypes: Readonly<Record<string, readonly string[]>> = {
  CE: coded,
  CX: [
    'idNumber',
    'checkDigit',
    'checkDigitScheme',
    'assigningAuthority:HD',
    'identifierTypeCode',
    'assigningFacility:HD',
  ],
  EI: ['entityIdentifier', 'namespaceId', 'universalId', 'universalIdType'],
  FN: ['surname', 'ownSurnamePrefix', 'ownSurname', 'surnamePrefixFromPartner', 'surnameFromPartner'],
  HD: ['namespaceId', 'universalId', 'universalIdType'],
  MSG: ['messageCode', 'triggerEvent', 'messageStructure'],
  PL: [
    'pointOfCare',
    'room',
    'bed',
    'facility:HD',
    'locationStatus',
    'personLocationType',
    'building',
    'floor',
    'locationDescription',
  ],
  PLN: ['idNumber', 'typeOfIdNumber', 'issuer', 'expirationDate'],
  SAD: ['streetOrMailingAddress', 'streetName', 'dwellingNumber'],
  XAD: ['streetAddress:SAD', 'otherDesignation', 'city', 'state', 'postalCode', 'country', 'addressType'],
  XON: [
    'organizationName',
    'nameTypeCode',
    'idNumber',
    'checkDigit',
    'checkDigitScheme',
    'assigningAuthority:HD',
    'identifierTypeCode',
    'assigningFacility:HD',
    'nameRepresentationCode',
    'organizationIdentifier',
  ],
  XPN: ['familyName:FN', 'givenName', 'secondNames', 'suffix', 'prefix', 'degree', 'nameTypeCode'],
  XTN: [
    'telephoneNumber',
    'useCode',
    'equipmentType',
    'emailAddress',
    'countryCode',
    'areaCode',
    'localNumber',
    'extension',
    'anyText',
  ],
};

/** Fields by segment and position, the segments in the order of a message. */
export const segments: Readonly<Record<string, { readonly repeats: boolean; readonly fields: Fields }>> = {
  MSH: {
    repeats: false,
    fields: {
      3: ['sendingApplication', 'HD'],
      4: ['sendingFacility', 'HD'],
      5: ['receivingApplication', 'HD'],
      6: ['receivingFacility', 'HD'],
      7: ['dateTimeOfMessage', 'ST'],
      9: ['messageType', 'MSG'],
      10: ['messageControlId', 'ST'],
      11: ['processingId', 'ST'],
      12: ['versionId', 'ST'],
      18: ['characterSet', 'ST*'],
    },
  },
  MSA: {
    repeats: false,
    fields: { 1: ['acknowledgmentCode', 'ST'], 2: ['messageControlId', 'ST'], 3: ['textMessage', 'ST'] },
  },
  RF1: {
    repeats: false,
    fields: {
      1: ['referralStatus', 'CE'],
      2: ['referralPriority', 'CE'],
      3: ['referralType', 'CE'],
      5: ['referralCategory', 'CE'],
      6: ['originatingReferralIdentifier', 'EI'],
      7: ['effectiveDate', 'ST'],
      8: ['expirationDate', 'ST'],
      9: ['processDate', 'ST'],
      10: ['referralReason', 'CE*'],
      11: ['externalReferralIdentifier', 'EI*'],
    },
  },
  PRD: {
    repeats: true,
    fields: {
      1: ['providerRole', 'CE*'],
      2: ['providerName', 'XPN*'],
      3: ['providerAddress', 'XAD*'],
      4: ['providerLocation', 'PL'],
      5: ['providerCommunicationInformation', 'XTN*'],
      7: ['providerIdentifiers', 'PLN*'],
      // Added in version 2.6; senders of 2.5 include it too.
      10: ['providerOrganization', 'XON*'],
    },
  },
  PID: {
    repeats: false,
    fields: {
      3: ['patientIdentifierList', 'CX*'],
      5: ['patientName', 'XPN*'],
      7: ['dateTimeOfBirth', 'ST'],
      8: ['administrativeSex', 'ST'],
      11: ['patientAddress', 'XAD*'],
      13: ['phoneNumberHome', 'XTN*'],
      14: ['phoneNumberBusiness', 'XTN*'],
    },
  },
  NK1: {
    repeats: true,
    fields: { 2: ['name', 'XPN*'], 3: ['relationship', 'CE'], 4: ['address', 'XAD*'], 5: ['phoneNumber', 'XTN*'] },
  },
  DG1: {
    repeats: true,
    fields: {
      3: ['diagnosisCode', 'CE'],
      4: ['diagnosisDescription', 'ST'],
      5: ['diagnosisDateTime', 'ST'],
      6: ['diagnosisType', 'ST'],
    },
  },
  OBX: {
    repeats: true,
    fields: {
      2: ['valueType', 'ST'],
      3: ['observationIdentifier', 'CE'],
      5: ['observationValue', 'ST*'],
      6: ['units', 'CE'],
      11: ['observationResultStatus', 'ST'],
      14: ['dateTimeOfTheObservation', 'ST'],
    },
  },
  NTE: { repeats: true, fields: { 2: ['sourceOfComment', 'ST'], 3: ['comment', 'ST*'] } },
};
