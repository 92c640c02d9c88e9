import { defineModule } from '../asn1/schema.ts';

/** Association control, X.227 (1995) §9. User information is a list of EXTERNALs whose values are OPEN by presentation context. */
export const ACSE = defineModule({
  proto: 'acse',
  types: {
    'ACSE-apdu': `CHOICE {
      aarq [A0] AARQ-apdu, aare [A1] AARE-apdu, rlrq [A2] RLRQ-apdu, rlre [A3] RLRE-apdu, abrt [A4] ABRT-apdu,
      adt [A5] A-DT-apdu, acrq [A6] ACRQ-apdu, acrp [A7] ACRP-apdu
    }`,
    'AARQ-apdu': `SEQ {
      protocol-version? [0] T-AARQ-protocol-version,
      aSO-context-name [1!] OID,
      called-AP-title? [2] AP-title,
      called-AE-qualifier? [3] AE-qualifier,
      called-AP-invocation-identifier? [4!] INT,
      called-AE-invocation-identifier? [5!] INT,
      calling-AP-title? [6] AP-title,
      calling-AE-qualifier? [7] AE-qualifier,
      calling-AP-invocation-identifier? [8!] INT,
      calling-AE-invocation-identifier? [9!] INT,
      sender-acse-requirements? [10] ACSE-requirements,
      mechanism-name? [11] OID,
      calling-authentication-value? [12] Authentication-value,
      aSO-context-name-list? [13] SEQOF ASO-context-name,
      p-context-definition-list? [14!] Syntactic-context-list,
      called-asoi-tag? [15!] ASOI-tag,
      calling-asoi-tag? [16!] ASOI-tag,
      implementation-information? [29] GRAPHIC,
      user-information? [30] Association-data
    }`,
    'AARE-apdu': `SEQ {
      protocol-version? [0] T-AARE-protocol-version,
      aSO-context-name [1!] OID,
      result [2!] INT { accepted rejected-permanent rejected-transient },
      result-source-diagnostic [3] CHOICE {
        service-user [1!] INT { null no-reason-given application-context-name-not-supported calling-AP-title-not-recognized
          calling-AP-invocation-identifier-not-recognized calling-AE-qualifier-not-recognized
          calling-AE-invocation-identifier-not-recognized called-AP-title-not-recognized
          called-AP-invocation-identifier-not-recognized called-AE-qualifier-not-recognized
          called-AE-invocation-identifier-not-recognized authentication-mechanism-name-not-recognized
          authentication-mechanism-name-required authentication-failure authentication-required },
        service-provider [2!] INT { null no-reason-given no-common-acse-version }
      },
      responding-AP-title? [4] AP-title,
      responding-AE-qualifier? [5] AE-qualifier,
      responding-AP-invocation-identifier? [6!] INT,
      responding-AE-invocation-identifier? [7!] INT,
      responder-acse-requirements? [8] ACSE-requirements,
      mechanism-name? [9] OID,
      responding-authentication-value? [10] Authentication-value,
      aSO-context-name-list? [11] SEQOF ASO-context-name,
      p-context-result-list? [12!] P-context-result-list,
      called-asoi-tag? [13!] ASOI-tag,
      calling-asoi-tag? [14!] ASOI-tag,
      implementation-information? [29] GRAPHIC,
      user-information? [30] Association-data
    }`,
    'RLRQ-apdu': `SEQ {
      reason? [0] INT { normal urgent user-defined=30 },
      aso-qualifier? [13] ASO-qualifier,
      asoi-identifier? [14!] ASOI-identifier,
      user-information? [30] Association-data
    }`,
    'RLRE-apdu': `SEQ {
      reason? [0] INT { normal not-finished user-defined=30 },
      aso-qualifier? [13] ASO-qualifier,
      asoi-identifier? [14!] ASOI-identifier,
      user-information? [30] Association-data
    }`,
    'ABRT-apdu': `SEQ {
      abort-source [0] INT { acse-service-user acse-service-provider },
      abort-diagnostic? [1] ENUM { no-reason-given=1 protocol-error authentication-mechanism-name-not-recognized
        authentication-mechanism-name-required authentication-failure authentication-required },
      aso-qualifier? [13] ASO-qualifier,
      asoi-identifier? [14!] ASOI-identifier,
      user-information? [30] Association-data
    }`,
    'A-DT-apdu': `SEQ {
      aso-qualifier? [0] ASO-qualifier, asoi-identifier? [1!] ASOI-identifier, a-user-data? [2] User-Data }`,
    'ACRQ-apdu': `SEQ {
      aso-qualifier? [0] ASO-qualifier,
      asoi-identifier? [1!] ASOI-identifier,
      aSO-context-name? [3!] OID,
      aSO-context-name-list? [4] SEQOF ASO-context-name,
      p-context-definition-list? [5!] Syntactic-context-list,
      user-information? [30] Association-data
    }`,
    'ACRP-apdu': `SEQ {
      aso-qualifier? [0] ASO-qualifier,
      asoi-identifier? [1!] ASOI-identifier,
      aSO-context-name? [3!] OID,
      p-context-result-list? [5!] P-context-result-list,
      user-information? [30] Association-data
    }`,
    'T-AARQ-protocol-version': 'BITS { version1 }',
    'T-AARE-protocol-version': 'BITS { version1 }',
    'ACSE-requirements': 'BITS { authentication aSO-context-negotiation higher-level-association nested-association }',
    /** Form 1 is a directory name, form 2 an object identifier, form 3 a string (1995). */
    'AP-title': `CHOICE { ap-title-form1 Name, ap-title-form2 OID, ap-title-form3 PRINTABLE }`,
    'AE-qualifier': 'ASO-qualifier',
    'ASO-qualifier': `CHOICE {
      aso-qualifier-form1 SETOF@x509if.AttributeTypeAndValue_element AttributeTypeAndValue,
      aso-qualifier-form2 INT,
      aso-qualifier-form3 PRINTABLE,
      aso-qualifier-form-any-octets OCTETS
    }`,
    Name: 'SEQOF@x509if.RDNSequence_item SETOF@x509if.RelativeDistinguishedName_item_element AttributeTypeAndValue',
    AttributeTypeAndValue: 'SEQ { type@x509if.type OID, value@x509if.value_element ANY }',
    'ASOI-tag': 'SEQOF SEQ { qualifier? [0!] ASO-qualifier, identifier? [1!] ASOI-identifier }',
    'ASOI-identifier': 'OCTETS',
    'ASO-context-name': 'OID',
    'Syntactic-context-list': `CHOICE {
      context-list [0] SEQOF SEQ { pci INT, abstract-syntax OID, transfer-syntaxes SEQOF TransferSyntaxName },
      default-contact-list [1] SEQOF SEQ { abstract-syntax-name? [0!] OID, transfer-syntax-name [1!] OID }
    }`,
    TransferSyntaxName: 'OID',
    'P-context-result-list': `SEQOF SEQ {
      result@acse.pcontext.result [0] INT { acceptance user-rejection provider-rejection },
      concrete-syntax-name? [1] OID,
      provider-reason? [2] INT { reason-not-specified abstract-syntax-not-supported
        proposed-transfer-syntaxes-not-supported local-limit-on-DCS-exceeded }
    }`,
    'Association-data': 'SEQOF EXTERNALt',
    EXTERNALt: `[U8] SEQ {
      direct-reference? OID,
      indirect-reference? INT,
      data-value-descriptor? DESCRIPTOR,
      encoding CHOICE {
        single-ASN1-type [0] GUARD OPEN(; indirect-reference, direct-reference),
        octet-aligned [1] INSIDE GUARD OPEN(; indirect-reference, direct-reference),
        arbitrary [2] BITS
      }
    }`,
    'User-Data': `CHOICE {
      user-information Association-data,
      simply-encoded-data OCTETS,
      fully-encoded-data [0] SEQ {
        transfer-syntax-name? OID,
        presentation-context-identifier INT,
        presentation-data-values CHOICE {
          simple-ASN1-type [0] OPEN(; presentation-context-identifier), octet-aligned [1] OCTETS, arbitrary [2] BITS }
      }
    }`,
    'Authentication-value': `SECRET CHOICE {
      charstring [0] GRAPHIC,
      bitstring [1] BITS,
      external [2] EXTERNALt,
      other [3] SEQ { other-mechanism-name OID, other-mechanism-value OPEN(; other-mechanism-name) }
    }`,
  },
});
