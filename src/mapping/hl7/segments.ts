/**
 * Segments and data types of HL7 v2.5 (chapters 2A, 3, 6, 7 and 11), as far as messages of patient referral (chapter 11) use
 * them, with the standard's names in camel case. A list is the components of a data type in order; `*` after a type: the
 * field repeats. ST, TX and FT are text up to the end of the field or component, whatever delimiters a person typed in it;
 * another type that is not listed (ID, IS, NM, TS) ends at the next delimiter.
 */
export type Fields = Readonly<Record<number, readonly [name: string, type: string]>>;

export type SegmentDefinition = {
  readonly repeats: boolean;
  readonly fields: Fields;
  /** Fields of which the type is the value of another field (OBX-5 by OBX-2); `fields` has its name and type for other types. */
  readonly choices?: Readonly<
    Record<number, { readonly by: number; readonly of: Readonly<Record<string, Fields[number]>> }>
  >;
  /** Segments that belong to this one when they follow it. */
  readonly contains?: readonly string[];
};

/** Types of which the text is read to its end. */
export const textTypes: ReadonlySet<string> = new Set(['ST', 'TX', 'FT']);

const coded = [
  'identifier',
  'text',
  'codingSystem',
  'alternateIdentifier',
  'alternateText',
  'alternateCodingSystem',
  'codingSystemVersionId',
  'alternateCodingSystemVersionId',
  'originalText',
];

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
  ED: ['sourceApplication:HD', 'typeOfData', 'dataSubtype', 'encoding', 'data'],
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
  RP: ['pointer', 'applicationId:HD', 'typeOfData', 'subtype'],
  SAD: ['streetOrMailingAddress', 'streetName', 'dwellingNumber'],
  SN: ['comparator', 'num1', 'separatorSuffix', 'num2'],
  XAD: [
    'streetAddress:SAD',
    'otherDesignation',
    'city',
    'state',
    'postalCode',
    'country',
    'addressType',
    'otherGeographicDesignation',
    'countyParishCode',
  ],
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
  XPN: [
    'familyName:FN',
    'givenName',
    'secondNames',
    'suffix',
    'prefix',
    'degree',
    'nameTypeCode',
    'nameRepresentationCode',
    'nameContext',
    'nameValidityRange',
    'nameAssemblyOrder',
    'effectiveDate',
    'expirationDate',
    'professionalSuffix',
  ],
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
    'extensionPrefix',
    'speedDialCode',
    'unformattedTelephoneNumber',
  ],
};

/** Fields by segment and position, the segments in the order of a message. */
export const segments: Readonly<Record<string, SegmentDefinition>> = {
  MSH: {
    repeats: false,
    fields: {
      3: ['sendingApplication', 'HD'],
      4: ['sendingFacility', 'HD'],
      5: ['receivingApplication', 'HD'],
      6: ['receivingFacility', 'HD'],
      7: ['dateTimeOfMessage', 'TS'],
      9: ['messageType', 'MSG'],
      10: ['messageControlId', 'ST'],
      11: ['processingId', 'ID'],
      12: ['versionId', 'ID'],
      18: ['characterSet', 'ID*'],
    },
  },
  MSA: {
    repeats: false,
    fields: { 1: ['acknowledgmentCode', 'ID'], 2: ['messageControlId', 'ST'], 3: ['textMessage', 'ST'] },
  },
  RF1: {
    repeats: false,
    fields: {
      1: ['referralStatus', 'CE'],
      2: ['referralPriority', 'CE'],
      3: ['referralType', 'CE'],
      4: ['referralDisposition', 'CE*'],
      5: ['referralCategory', 'CE'],
      6: ['originatingReferralIdentifier', 'EI'],
      7: ['effectiveDate', 'TS'],
      8: ['expirationDate', 'TS'],
      9: ['processDate', 'TS'],
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
      6: ['preferredMethodOfContact', 'CE'],
      7: ['providerIdentifiers', 'PLN*'],
      8: ['effectiveStartDate', 'TS'],
      9: ['effectiveEndDate', 'TS'],
      // Added in version 2.6; senders of 2.5 include it too.
      10: ['providerOrganization', 'XON*'],
    },
  },
  PID: {
    repeats: false,
    fields: {
      3: ['patientIdentifierList', 'CX*'],
      5: ['patientName', 'XPN*'],
      7: ['dateTimeOfBirth', 'TS'],
      8: ['administrativeSex', 'IS'],
      11: ['patientAddress', 'XAD*'],
      13: ['phoneNumberHome', 'XTN*'],
      14: ['phoneNumberBusiness', 'XTN*'],
      15: ['primaryLanguage', 'CE'],
      29: ['patientDeathDateAndTime', 'TS'],
      30: ['patientDeathIndicator', 'ID'],
    },
  },
  NK1: {
    repeats: true,
    fields: {
      2: ['name', 'XPN*'],
      3: ['relationship', 'CE'],
      4: ['address', 'XAD*'],
      5: ['phoneNumber', 'XTN*'],
      6: ['businessPhoneNumber', 'XTN*'],
      7: ['contactRole', 'CE'],
      15: ['administrativeSex', 'IS'],
      16: ['dateTimeOfBirth', 'TS'],
    },
  },
  DG1: {
    repeats: true,
    fields: {
      3: ['diagnosisCode', 'CE'],
      4: ['diagnosisDescription', 'ST'],
      5: ['diagnosisDateTime', 'TS'],
      6: ['diagnosisType', 'IS'],
      19: ['attestationDateTime', 'TS'],
    },
  },
  AL1: {
    repeats: true,
    fields: {
      2: ['allergenTypeCode', 'CE'],
      3: ['allergenCode', 'CE'],
      4: ['allergySeverityCode', 'CE'],
      5: ['allergyReactionCode', 'ST*'],
      6: ['identificationDate', 'TS'],
    },
  },
  // Before OBX: a note that follows a result belongs to it.
  NTE: {
    repeats: true,
    fields: { 2: ['sourceOfComment', 'ID'], 3: ['comment', 'FT*'], 4: ['commentType', 'CE'] },
  },
  OBR: {
    repeats: true,
    contains: ['NTE'],
    fields: {
      4: ['universalServiceIdentifier', 'CE'],
      7: ['observationDateTime', 'TS'],
      13: ['relevantClinicalInformation', 'ST'],
      31: ['reasonForStudy', 'CE*'],
    },
  },
  OBX: {
    repeats: true,
    contains: ['NTE'],
    fields: {
      2: ['valueType', 'ID'],
      3: ['observationIdentifier', 'CE'],
      4: ['observationSubId', 'ST'],
      5: ['observationValue', 'FT*'],
      6: ['units', 'CE'],
      7: ['referencesRange', 'ST'],
      8: ['abnormalFlags', 'IS*'],
      11: ['observationResultStatus', 'ID'],
      14: ['dateTimeOfTheObservation', 'TS'],
      17: ['observationMethod', 'CE*'],
    },
    choices: {
      5: {
        by: 2,
        of: {
          CE: ['codedValue', 'CE*'],
          CWE: ['codedValue', 'CE*'],
          CNE: ['codedValue', 'CE*'],
          CF: ['codedValue', 'CE*'],
          SN: ['structuredNumeric', 'SN*'],
          ED: ['encapsulatedData', 'ED*'],
          RP: ['referencePointer', 'RP*'],
        },
      },
    },
  },
};

/** All names and types of the fields of a segment, those of a choice too. */
export const allFields = ({ fields, choices = {} }: SegmentDefinition): [number, Fields[number]][] => [
  ...Object.entries(fields).map(([position, it]): [number, Fields[number]] => [Number(position), it]),
  ...Object.entries(choices).flatMap(([position, { of }]) =>
    [...new Map(Object.values(of).map((it) => [it[0], it])).values()].map((it): [number, Fields[number]] => [
      Number(position),
      it,
    ]),
  ),
];
