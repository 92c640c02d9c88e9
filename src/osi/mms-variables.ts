/** Variable access of MMS: ISO 9506-2 §12, and the data types of §14. */
export const VARIABLES: Readonly<Record<string, string>> = {
  'Read-Request': `SEQ {
    specificationWithResult? [0] BOOL,
    variableAccessSpecification@mms.variableAccessSpecificatn [1!] VariableAccessSpecification
  }`,
  'Read-Response': `SEQ {
    variableAccessSpecification@mms.variableAccessSpecificatn? [0!] VariableAccessSpecification,
    listOfAccessResult [1] SEQOF AccessResult
  }`,
  'Write-Request': `SEQ {
    variableAccessSpecification@mms.variableAccessSpecificatn VariableAccessSpecification,
    listOfData [0] SEQOF Data
  }`,
  'Write-Response': 'SEQOF CHOICE { failure [0] DataAccessError, success [1] NULL }',
  InformationReport: `SEQ {
    variableAccessSpecification VariableAccessSpecification,
    listOfAccessResult [0] SEQOF AccessResult
  }`,
  'GetVariableAccessAttributes-Request': 'CHOICE { name [0!] ObjectName, address [1!] Address }',
  'GetVariableAccessAttributes-Response': `SEQ {
    mmsDeletable [0] BOOL,
    address? [1!] Address,
    typeSpecification [2!] TypeSpecification
  }`,
  'DefineNamedVariable-Request': `SEQ {
    variableName [0!] ObjectName,
    address [1!] Address,
    typeSpecification? [2!] TypeSpecification
  }`,
  'DefineScatteredAccess-Request': `SEQ {
    scatteredAccessName [0!] ObjectName,
    scatteredAccessDescription [1] ScatteredAccessDescription
  }`,
  'GetScatteredAccessAttributes-Response': `SEQ {
    mmsDeletable [0] BOOL,
    scatteredAccessDescription [1] ScatteredAccessDescription
  }`,
  'DeleteVariableAccess-Request': `SEQ {
    scopeOfDelete? [0] ScopeOfDelete,
    listOfName? [1] SEQOF ObjectName,
    domainName? [2] Identifier
  }`,
  'DefineNamedVariableList-Request': `SEQ {
    variableListName ObjectName,
    listOfVariable [0] SEQOF SEQ {
      variableSpecification VariableSpecification,
      alternateAccess? [5] AlternateAccess
    }
  }`,
  'GetNamedVariableListAttributes-Response': `SEQ {
    mmsDeletable [0] BOOL,
    listOfVariable [1] SEQOF SEQ {
      variableSpecification VariableSpecification,
      alternateAccess? [5] AlternateAccess
    }
  }`,
  'DeleteNamedVariableList-Request': `SEQ {
    scopeOfDelete? [0] ScopeOfDelete,
    listOfVariableListName? [1] SEQOF ObjectName,
    domainName? [2] Identifier
  }`,
  'DefineNamedType-Request': 'SEQ { typeName ObjectName, typeSpecification TypeSpecification }',
  'GetNamedTypeAttributes-Response': 'SEQ { mmsDeletable [0] BOOL, typeSpecification TypeSpecification }',
  'DeleteNamedType-Request': `SEQ {
    scopeOfDelete? [0] ScopeOfDelete,
    listOfTypeName? [1] SEQOF ObjectName,
    domainName? [2] Identifier
  }`,
  ScopeOfDelete: 'INT { specific aa-specific domain vmd }',
  'Delete-Response': 'SEQ { numberMatched [0] INT, numberDeleted [1] INT }',

  VariableAccessSpecification: `CHOICE {
    listOfVariable [0] SEQOF SEQ {
      variableSpecification VariableSpecification,
      alternateAccess? [5] AlternateAccess
    },
    variableListName [1!] ObjectName
  }`,
  VariableSpecification: `CHOICE {
    name [0!] ObjectName,
    address [1!] Address,
    variableDescription [2] SEQ { address Address, typeSpecification TypeSpecification },
    scatteredAccessDescription [3] ScatteredAccessDescription,
    invalidated [4] NULL
  }`,
  ScatteredAccessDescription: `SEQOF SEQ {
    componentName? [0] Identifier,
    variableSpecification [1!] VariableSpecification,
    alternateAccess? [2] AlternateAccess
  }`,
  Address: 'CHOICE { numericAddress [0] INT, symbolicAddress [1] VISIBLE, unconstrainedAddress [2] OCTETS }',
  AlternateAccess: `SEQOF CHOICE {
    unnamed AlternateAccessSelection,
    named [5] SEQ { componentName [0] Identifier, access@mms.accesst AlternateAccessSelection }
  }`,
  AlternateAccessSelection: `CHOICE {
    selectAlternateAccess [0] SEQ {
      accessSelection CHOICE {
        component [0] Identifier,
        index [1] INT,
        indexRange [2] SEQ { lowIndex [0] INT, numberOfElements [1] INT },
        allElements [3] NULL
      },
      alternateAccess AlternateAccess
    },
    selectAccess CHOICE {
      component [1] Identifier,
      index [2] INT,
      indexRange [3] SEQ { lowIndex [0] INT, numberOfElements@mms.nmberOfElements [1] INT },
      allElements [4] NULL
    }
  }`,
  AccessResult: 'CHOICE { failure [0] DataAccessError, success Data }',
  DataAccessError: `INT { object-invalidated hardware-fault temporarily-unavailable object-access-denied object-undefined
    invalid-address type-unsupported type-inconsistent object-attribute-inconsistent object-access-unsupported object-non-existent
    object-value-invalid }`,
  Data: `CHOICE {
    array [1] SEQOF Data,
    structure [2] SEQOF Data,
    boolean [3] BOOL,
    bit-string@mms.data_bit-string [4] BITS,
    integer [5] INT,
    unsigned [6] INT,
    floating-point [7] FloatingPoint,
    real [8] REAL,
    octet-string@mms.data.octet-string [9] OCTETS,
    visible-string@mms.data.visible-string [10] VISIBLE,
    generalized-time@mms.generalized_time [11] GENTIME,
    binary-time@mms.data.binary-time [12] TimeOfDay,
    bcd [13] INT,
    booleanArray [14] BITS,
    objId [15] OID,
    mMSString [16] UTF8,
    utc-time [17] UtcTime
  }`,
  /** The width of the exponent, then the number as in IEEE 754. */
  FloatingPoint: 'OCTETS',
  /** IEC 61850-8-1 §8.1.3.6: seconds since 1970, a fraction of 24 bits, the quality of the clock. */
  UtcTime: 'OCTETS',
  TypeSpecification: `CHOICE {
    typeName [0!] ObjectName,
    array [1] SEQ { packed? [0] BOOL, numberOfElements [1] INT, elementType [2!] TypeSpecification },
    structure [2] SEQ {
      packed? [0] BOOL,
      components [1] SEQOF SEQ { componentName? [0] Identifier, componentType [1!] TypeSpecification }
    },
    boolean [3] NULL,
    bit-string@mms.typeSpecification_bit-string [4] INT,
    integer [5] INT,
    unsigned [6] INT,
    floating-point [7] SEQ { format-width INT, exponent-width INT },
    octet-string@mms.typeSpecification.octet-string [9] INT,
    visible-string@mms.typeSpecification.visible-string [10] INT,
    generalized-time [11] NULL,
    binary-time@mms.typeSpecification.binary-time [12] BOOL,
    bcd [13] INT,
    objId [15] NULL,
    mMSString@mms.typeSpecification.mMSString [16] INT,
    utc-time [17] NULL
  }`,
};
