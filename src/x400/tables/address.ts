import { X509IF, X509SAT } from '../../asn1/directory.ts';
import { defineModule } from '../../asn1/schema.ts';

/** X.411 figure 4 (parts 20-24): O/R names and addresses, global domain identifiers, encoded information types, security labels. */
export const ADDRESS = defineModule({
  proto: 'p1',
  id: 'or',
  imports: [X509IF, X509SAT],
  types: {
    ORName: `[A0] SEQ {
      built-in-standard-attributes BuiltInStandardAttributes,
      built-in-domain-defined-attributes? BuiltInDomainDefinedAttributes,
      extension-attributes? ExtensionAttributes,
      directory-name? [0] x509if.Name
    }`,
    ORAddress: `SEQ {
      built-in-standard-attributes BuiltInStandardAttributes,
      built-in-domain-defined-attributes? BuiltInDomainDefinedAttributes,
      extension-attributes? ExtensionAttributes
    }`,
    BuiltInStandardAttributes: `SEQ {
      country-name? CountryName,
      administration-domain-name? AdministrationDomainName,
      network-address? [0] NUMERIC,
      terminal-identifier? [1] PRINTABLE,
      private-domain-name? [2] PrivateDomainName,
      organization-name? [3] PRINTABLE,
      numeric-user-identifier? [4] NUMERIC,
      personal-name? [5] PersonalName,
      organizational-unit-names? [6] SEQOF OrganizationalUnitName
    }`,
    CountryName: '[A1] CHOICE { x121-dcc-code NUMERIC, iso-3166-alpha2-code PRINTABLE }',
    AdministrationDomainName: '[A2] CHOICE { numeric NUMERIC, printable PRINTABLE }',
    PrivateDomainName: 'CHOICE { numeric NUMERIC, printable PRINTABLE }',
    PersonalName: `SET {
      surname [0] PRINTABLE, given-name? [1] PRINTABLE, initials? [2] PRINTABLE, generation-qualifier? [3] PRINTABLE }`,
    OrganizationalUnitName: 'PRINTABLE',
    BuiltInDomainDefinedAttributes: 'SEQOF BuiltInDomainDefinedAttribute',
    BuiltInDomainDefinedAttribute: 'SEQ { type@p1.printable.type PRINTABLE, value PRINTABLE }',
    ExtensionAttributes: 'SETOF ExtensionAttribute',
    ExtensionAttribute: `SEQ {
      extension-attribute-type [0] ExtensionAttributeType,
      extension-attribute-value [1] OPEN(attributes; extension-attribute-type)
    }`,
    ExtensionAttributeType: `INT { common-name=1 teletex-common-name teletex-organization-name teletex-personal-name
      teletex-organizational-unit-names teletex-domain-defined-attributes pds-name physical-delivery-country-name postal-code
      physical-delivery-office-name physical-delivery-office-number extension-OR-address-components
      physical-delivery-personal-name physical-delivery-organization-name extension-physical-delivery-address-components
      unformatted-postal-address street-address post-office-box-address poste-restante-address unique-postal-name
      local-postal-attributes extended-network-address terminal-type universal-common-name universal-organization-name
      universal-personal-name universal-organizational-unit-names universal-domain-defined-attributes
      universal-physical-delivery-office-name universal-physical-delivery-office-number
      universal-extension-OR-address-components universal-physical-delivery-personal-name
      universal-physical-delivery-organization-name universal-extension-physical-delivery-address-components
      universal-unformatted-postal-address universal-street-address universal-post-office-box-address
      universal-poste-restante-address universal-unique-postal-name universal-local-postal-attributes }`,

    CommonName: 'PRINTABLE',
    TeletexCommonName: 'TELETEX',
    TeletexOrganizationName: 'TELETEX',
    TeletexPersonalName: `SET {
      surname [0] TELETEX, given-name? [1] TELETEX, initials? [2] TELETEX, generation-qualifier? [3] TELETEX }`,
    TeletexOrganizationalUnitNames: 'SEQOF TeletexOrganizationalUnitName',
    TeletexOrganizationalUnitName: 'TELETEX',
    TeletexDomainDefinedAttributes: 'SEQOF TeletexDomainDefinedAttribute',
    TeletexDomainDefinedAttribute: 'SEQ { type TELETEX, value TELETEX }',
    PDSName: 'PRINTABLE',
    PhysicalDeliveryCountryName: 'CHOICE { x121-dcc-code NUMERIC, iso-3166-alpha2-code PRINTABLE }',
    PostalCode: 'CHOICE { numeric-code NUMERIC, printable-code PRINTABLE }',
    PhysicalDeliveryOfficeName: 'SET { printable-string? PRINTABLE, teletex-string? TELETEX }',
    PhysicalDeliveryOfficeNumber: 'SET { printable-string? PRINTABLE, teletex-string? TELETEX }',
    ExtensionORAddressComponents: 'SET { printable-string? PRINTABLE, teletex-string? TELETEX }',
    PhysicalDeliveryPersonalName: 'SET { printable-string? PRINTABLE, teletex-string? TELETEX }',
    PhysicalDeliveryOrganizationName: 'SET { printable-string? PRINTABLE, teletex-string? TELETEX }',
    ExtensionPhysicalDeliveryAddressComponents: 'SET { printable-string? PRINTABLE, teletex-string? TELETEX }',
    UnformattedPostalAddress: 'SET { printable-address? SEQOF PRINTABLE, teletex-string? TELETEX }',
    StreetAddress: 'SET { printable-string? PRINTABLE, teletex-string? TELETEX }',
    PostOfficeBoxAddress: 'SET { printable-string? PRINTABLE, teletex-string? TELETEX }',
    PosteRestanteAddress: 'SET { printable-string? PRINTABLE, teletex-string? TELETEX }',
    UniquePostalName: 'SET { printable-string? PRINTABLE, teletex-string? TELETEX }',
    LocalPostalAttributes: 'SET { printable-string? PRINTABLE, teletex-string? TELETEX }',
    ExtendedNetworkAddress: `CHOICE {
      e163-4-address SEQ { number [0] NUMERIC, sub-address? [1] NUMERIC },
      psap-address [0] x509sat.PresentationAddress
    }`,
    TerminalType: 'INT { telex=3 teletex g3-facsimile g4-facsimile ia5-terminal videotex }',
    UniversalCommonName: 'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    UniversalOrganizationName: 'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    UniversalPersonalName: `SET {
      surname [0] UniversalString, given-name? [1] UniversalString, initials? [2] UniversalString,
      generation-qualifier? [3] UniversalString }`,
    UniversalOrganizationalUnitNames: 'SEQOF UniversalOrganizationalUnitName',
    UniversalOrganizationalUnitName: 'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    UniversalDomainDefinedAttributes: 'SEQOF UniversalDomainDefinedAttribute',
    UniversalDomainDefinedAttribute: 'SEQ { type@p1.universal.type_element UniversalString, value UniversalString }',
    UniversalPhysicalDeliveryOfficeName:
      'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    UniversalPhysicalDeliveryOfficeNumber:
      'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    UniversalExtensionORAddressComponents:
      'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    UniversalPhysicalDeliveryPersonalName:
      'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    UniversalPhysicalDeliveryOrganizationName:
      'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    UniversalExtensionPhysicalDeliveryAddressComponents:
      'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    UniversalUnformattedPostalAddress: 'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    UniversalStreetAddress: 'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    UniversalPostOfficeBoxAddress: 'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    UniversalPosteRestanteAddress: 'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    UniversalUniquePostalName: 'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    UniversalLocalPostalAttributes: 'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    UniversalString: 'SET { character-encoding CharacterEncoding, iso-639-language-code? PRINTABLE }',
    CharacterEncoding: 'CHOICE { two-octets BMP, four-octets UNIVERSAL }',

    MTSIdentifier: '[A4] SEQ { global-domain-identifier GlobalDomainIdentifier, local-identifier IA5 }',
    GlobalDomainIdentifier: `[A3] SEQ {
      country-name CountryName,
      administration-domain-name AdministrationDomainName,
      private-domain-identifier? CHOICE { numeric NUMERIC, printable PRINTABLE }
    }`,
    MTANameAndOptionalGDI: 'SEQ { global-domain-identifier? GlobalDomainIdentifier, mta-name IA5 }',

    EncodedInformationTypes: `[A5] SET {
      built-in-encoded-information-types [0] BuiltInEncodedInformationTypes,
      g3-facsimile? [1] G3FacsimileNonBasicParameters,
      teletex? [2] TeletexNonBasicParameters,
      presentation-capabilities? [3] OCTETS,
      extended-encoded-information-types? [4] ExtendedEncodedInformationTypes
    }`,
    ExtendedEncodedInformationTypes: 'SETOF ExtendedEncodedInformationType',
    ExtendedEncodedInformationType: 'OID',
    BuiltInEncodedInformationTypes: `BITS {
      unknown telex ia5-text g3-facsimile g4-class-1 teletex videotex voice sfd mixed-mode }`,
    G3FacsimileNonBasicParameters: `BITS { two-dimensional=8 fine-resolution unlimited-length=20 b4-length a3-width b4-width
      t6-coding=25 uncompressed=30 width-middle-864-of-1728=37 width-middle-1216-of-1728 resolution-type=44
      resolution-400x400 resolution-300x300 resolution-8x15 edi=49 dtm bft mixed-mode=58 character-mode=60 twelve-bits=65
      preferred-huffmann full-colour jpeg processable-mode-26=71 }`,
    TeletexNonBasicParameters: `SET {
      graphic-character-sets? [0] TELETEX, control-character-sets? [1] TELETEX, page-formats? [2] OCTETS,
      miscellaneous-terminal-capabilities? [3] TELETEX, private-use? [4] OCTETS }`,

    SecurityContext: 'SETOF SecurityLabel',
    SecurityLabel: `SET {
      security-policy-identifier? OID, security-classification? SecurityClassification, privacy-mark? PRINTABLE,
      security-categories? SETOF SecurityCategory }`,
    SecurityClassification: 'INT { unmarked unclassified restricted confidential secret top-secret }',
    SecurityCategory: 'SEQ { type@p1.category.type [0] OID, value [1] OPEN(; type) }',
  },
  tables: {
    attributes: {
      1: 'CommonName',
      2: 'TeletexCommonName',
      3: 'TeletexOrganizationName',
      4: 'TeletexPersonalName',
      5: 'TeletexOrganizationalUnitNames',
      6: 'TeletexDomainDefinedAttributes',
      7: 'PDSName',
      8: 'PhysicalDeliveryCountryName',
      9: 'PostalCode',
      10: 'PhysicalDeliveryOfficeName',
      11: 'PhysicalDeliveryOfficeNumber',
      12: 'ExtensionORAddressComponents',
      13: 'PhysicalDeliveryPersonalName',
      14: 'PhysicalDeliveryOrganizationName',
      15: 'ExtensionPhysicalDeliveryAddressComponents',
      16: 'UnformattedPostalAddress',
      17: 'StreetAddress',
      18: 'PostOfficeBoxAddress',
      19: 'PosteRestanteAddress',
      20: 'UniquePostalName',
      21: 'LocalPostalAttributes',
      22: 'ExtendedNetworkAddress',
      23: 'TerminalType',
      24: 'UniversalCommonName',
      25: 'UniversalOrganizationName',
      26: 'UniversalPersonalName',
      27: 'UniversalOrganizationalUnitNames',
      28: 'UniversalDomainDefinedAttributes',
      29: 'UniversalPhysicalDeliveryOfficeName',
      30: 'UniversalPhysicalDeliveryOfficeNumber',
      31: 'UniversalExtensionORAddressComponents',
      32: 'UniversalPhysicalDeliveryPersonalName',
      33: 'UniversalPhysicalDeliveryOrganizationName',
      34: 'UniversalExtensionPhysicalDeliveryAddressComponents',
      35: 'UniversalUnformattedPostalAddress',
      36: 'UniversalStreetAddress',
      37: 'UniversalPostOfficeBoxAddress',
      38: 'UniversalPosteRestanteAddress',
      39: 'UniversalUniquePostalName',
      40: 'UniversalLocalPostalAttributes',
    },
  },
});
